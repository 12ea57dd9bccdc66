import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod/mini';
import type { Environment } from '../../../localstack/engine/environment.ts';
import { folderOfModule } from './go.ts';

const ownFolder = new URL('../crds/', import.meta.url).pathname;

const anyDocument = z.looseObject({ kind: z.string() });

/**
 * All custom resource definitions as one JSON array: Istio's and those of the Gateway API's standard channel from the modules that istiod
 * is built of, so that they fit it, and Linkerd's and Consul's from `../crds`.
 */
export async function collectCrds(file: string, environment: Environment): Promise<void> {
  const istio = await folderOfModule('istiod', 'istio.io/istio', environment);
  const gatewayApi = join(await folderOfModule('istiod', 'sigs.k8s.io/gateway-api', environment), 'config/crd/standard');
  const files = [
    join(istio, 'manifests/charts/base/files/crd-all.gen.yaml'),
    ...(await filesOf(gatewayApi)),
    ...(await filesOf(ownFolder)),
  ];
  const texts = await Promise.all(files.map((each) => readFile(each, 'utf8')));
  const documents = texts.flatMap((text) => parseAllDocuments(text)).map((document): unknown => document.toJS());
  const crds = documents.filter((document) => anyDocument.safeParse(document).data?.kind === 'CustomResourceDefinition');
  await writeFile(`${file}.unfinished`, JSON.stringify(crds));
  await rename(`${file}.unfinished`, file);
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
}
