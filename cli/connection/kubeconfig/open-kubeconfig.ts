import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { InvalidInputError, NotFoundError } from '../../../core/errors.ts';
import type { Clock, KubernetesApi } from '../../../core/ports.ts';
import { type ClientCertificate, createCertificateTransport } from './client-certificate.ts';
import { runExecPlugin } from './exec-credential.ts';
import { type KubeconfigContext, readContext } from './kubeconfig.ts';

export interface KubeconfigOptions {
  /** KUBECONFIG, its first file, or ~/.kube/config where left out. */
  readonly file: string | undefined;
  readonly context: string | undefined;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

export interface OpenedKubeconfig {
  readonly api: KubernetesApi;
  readonly context: string;
  readonly server: string;
}

/**
 * The cluster's API as the person's own kubeconfig reaches it: a token, a client certificate, or a credential plugin.
 *
 * @throws NotFoundError, InvalidInputError, ClusterForbiddenError
 */
export async function openKubeconfig(options: KubeconfigOptions): Promise<OpenedKubeconfig> {
  const { environment, cwd, clock } = options;
  const [fromVariable] = (environment['KUBECONFIG'] ?? '').split(delimiter);
  const file = resolve(cwd, options.file ?? (fromVariable || join(environment['HOME'] ?? homedir(), '.kube', 'config')));
  const context = readContext(await readText(file), file, options.context);
  const { cluster } = context;
  if (cluster['insecure-skip-tls-verify'] === true) {
    throw new InvalidInputError(`The context ${context.name} of ${file} does not verify the server's certificate.`, {
      remedy: 'Give the cluster its certificate-authority-data: who answers instead of the cluster would be handed your token.',
    });
  }
  const read = (data: string | undefined, path: string | undefined) => readPem(data, path, file);
  const ca = (await read(cluster['certificate-authority-data'], cluster['certificate-authority'])) ?? '';
  const { token, certificate } = await credentialOf(context, file, environment, read);
  const api = createKubernetesClient({
    endpoint: { name: context.name, endpoint: cluster.server, certificateAuthority: ca },
    clock,
    ...(token === undefined ? {} : { token: async () => token }),
    ...(certificate === undefined ? {} : { transport: createCertificateTransport(certificate) }),
  });
  return { api, context: context.name, server: cluster.server };
}

async function credentialOf(
  { name, user }: KubeconfigContext,
  file: string,
  environment: KubeconfigOptions['environment'],
  read: (data: string | undefined, path: string | undefined) => Promise<string | undefined>,
): Promise<{ token: string | undefined; certificate: ClientCertificate | undefined }> {
  const [certificate, key] = await Promise.all([
    read(user['client-certificate-data'], user['client-certificate']),
    read(user['client-key-data'], user['client-key']),
  ]);
  const token = user.token ?? (user.tokenFile === undefined ? undefined : (await readText(resolve(dirname(file), user.tokenFile))).trim());
  const found = user.exec === undefined ? { token, certificate, key } : await runExecPlugin(user.exec, file, environment);
  const pair = found.certificate === undefined || found.key === undefined ? undefined : { certificate: found.certificate, key: found.key };
  if (found.token === undefined && pair === undefined) {
    throw new InvalidInputError(`The user of the context ${name} in ${file} has no credential that this command knows.`, {
      remedy: 'It takes a token, a tokenFile, a client certificate with its key, or an exec plugin.',
    });
  }
  return { token: found.token, certificate: pair };
}

/** PEM, from base64 in the file itself or from another file, whose path is relative to the kubeconfig. */
async function readPem(data: string | undefined, path: string | undefined, kubeconfigFile: string): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return path === undefined ? undefined : readText(resolve(dirname(kubeconfigFile), path));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new NotFoundError(`${file} could not be read.`, { remedy: 'Name the kubeconfig with --kubeconfig.', cause });
  }
}
