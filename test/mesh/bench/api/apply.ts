import { parseAllDocuments } from 'yaml';
import * as z from 'zod/mini';
import { AwsUnavailableError, InvalidInputError } from '../../../../core/errors.ts';
import { askCluster } from './ask-cluster.ts';
import { anyObject } from './object.ts';
import type { RawApi } from './raw-api.ts';

export type Applied = z.infer<typeof anyObject>;

const resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })) });

/** Objects from manifests, YAML or not. @throws InvalidInputError where one is none. */
export function objectsOf(manifests: string | readonly unknown[]): Applied[] {
  const documents = typeof manifests === 'string' ? parseAllDocuments(manifests).map((document): unknown => document.toJS()) : manifests;
  return documents
    .filter((document) => document !== null)
    .map((document) => {
      const parsed = anyObject.safeParse(document);
      if (parsed.success) return parsed.data;
      throw new InvalidInputError(`${JSON.stringify(document)} is no Kubernetes object.`, {
        remedy: 'Give it apiVersion, kind and a name.',
      });
    });
}

/**
 * Server-side apply, one after the other, as `kubectl apply --server-side --force-conflicts` does it.
 *
 * @param namespace Of those that name none.
 * @throws AwsUnavailableError with the API server's words where it refuses one, InvalidInputError where the cluster does not serve its kind;
 * ClusterUnavailableError, ClusterForbiddenError as `askCluster`.
 */
export async function applyObjects(api: RawApi, objects: readonly Applied[], namespace = 'default'): Promise<void> {
  for (const object of objects) {
    const path = await pathOf(api, object, namespace);
    const query = 'fieldManager=mesh-bench&force=true';
    const answer = await api.ask('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
    if (answer.status < 300) continue;
    throw new AwsUnavailableError(`${object.kind} ${object.metadata.name} could not be applied: ${answer.status}.`, {
      remedy: `The API server said ${answer.body}`,
    });
  }
}

/** Asked of the API server once per kind and API. */
const known = new WeakMap<RawApi, Map<string, { readonly name: string; readonly namespaced: boolean }>>();

async function pathOf(api: RawApi, { apiVersion, kind, metadata }: Applied, namespace: string): Promise<string> {
  const root = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
  const kinds = known.get(api) ?? new Map();
  known.set(api, kinds);
  const key = `${apiVersion}/${kind}`;
  if (!kinds.has(key)) {
    const body = await askCluster(api, root);
    const found = body === undefined ? [] : resources.parse(JSON.parse(body)).resources;
    const resource = found.find((each) => each.kind === kind && !each.name.includes('/'));
    if (resource === undefined) throw new InvalidInputError(`The cluster serves no ${key}.`, { remedy: 'See kubectl api-resources.' });
    kinds.set(key, resource);
  }
  const { name, namespaced } = kinds.get(key) ?? { name: '', namespaced: false };
  const scope = namespaced ? `/namespaces/${metadata.namespace ?? namespace}` : '';
  return `${root}${scope}/${name}/${metadata.name}`;
}
