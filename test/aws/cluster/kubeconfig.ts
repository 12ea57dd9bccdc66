import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createTransport, type Transport } from '../../../adapters/eks/http.ts';
import { createCertificateTransport } from '../../../cli/connection/kubeconfig/client-certificate.ts';
import { runExecPlugin } from '../../../cli/connection/kubeconfig/exec-credential.ts';
import { readContext, type UserEntry } from '../../../cli/connection/kubeconfig/kubeconfig.ts';
import { InvalidInputError, NotFoundError } from '../../../core/errors.ts';
import type { Clock, ClusterEndpoint } from '../../../core/ports.ts';

export interface KubeconfigSetting {
  readonly file: string | undefined;
  readonly context: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
}

/** How a cluster is reached as the person who runs the test, for as long as the test takes. */
export interface ClusterLink {
  readonly context: string;
  readonly endpoint: ClusterEndpoint;
  /** Undefined where a client certificate says who asks. */
  readonly token: (() => Promise<string>) | undefined;
  readonly transport: Transport;
}

/** EKS takes a token for 15 minutes, and a test takes longer: the plugin is asked anew after this time. */
const reuseMs = 10 * 60_000;

/** @throws NotFoundError, InvalidInputError, ClusterForbiddenError */
export async function linkByKubeconfig(setting: KubeconfigSetting): Promise<ClusterLink> {
  const { environment, cwd } = setting;
  const [fromVariable] = (environment['KUBECONFIG'] ?? '').split(delimiter);
  const file = resolve(cwd, setting.file ?? (fromVariable || join(environment['HOME'] ?? homedir(), '.kube', 'config')));
  const { name, cluster, user } = readContext(await readText(file), file, setting.context);
  const beside = (path: string) => readText(resolve(dirname(file), path));
  const pem = async (data: string | undefined, path: string | undefined) =>
    data === undefined ? (path === undefined ? '' : await beside(path)) : Buffer.from(data, 'base64').toString('utf8');
  if (cluster['insecure-skip-tls-verify'] === true) {
    throw new InvalidInputError(`The context ${name} of ${file} does not verify the server's certificate.`, {
      remedy: 'Write it anew with `aws eks update-kubeconfig`: who answers instead of the cluster would be handed your token.',
    });
  }
  const certificateAuthority = await pem(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const certificate = await pem(user['client-certificate-data'], user['client-certificate']);
  const key = await pem(user['client-key-data'], user['client-key']);
  const token = certificate === '' ? tokenOf(user, { ...setting, file, name, beside }) : undefined;
  await token?.();
  return {
    context: name,
    endpoint: { name, endpoint: cluster.server, certificateAuthority },
    token,
    transport: certificate === '' ? createTransport() : createCertificateTransport({ certificate, key }),
  };
}

interface TokenSetting extends Pick<KubeconfigSetting, 'environment' | 'clock'> {
  readonly file: string;
  readonly name: string;
  readonly beside: (path: string) => Promise<string>;
}

function tokenOf({ token, tokenFile, exec }: UserEntry, { environment, clock, file, name, beside }: TokenSetting): () => Promise<string> {
  if (exec === undefined) {
    return async () => {
      const fixed = token ?? (tokenFile === undefined ? undefined : (await beside(tokenFile)).trim());
      if (fixed === undefined) throw noCredential(name, file);
      return fixed;
    };
  }
  let kept: { readonly token: string; readonly untilMs: number } | undefined;
  return async () => {
    if (kept !== undefined && clock.now() < kept.untilMs) return kept.token;
    const { token } = await runExecPlugin(exec, file, environment);
    if (token === undefined) throw noCredential(name, file);
    kept = { token, untilMs: clock.now() + reuseMs };
    return token;
  };
}

function noCredential(name: string, file: string): InvalidInputError {
  return new InvalidInputError(`The user of the context ${name} in ${file} has no credential that this test knows.`, {
    remedy: 'Write the kubeconfig anew with `aws eks update-kubeconfig`.',
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new NotFoundError(`${file} could not be read.`, {
      remedy: 'Write it with `aws eks update-kubeconfig`, or give --kubeconfig.',
      cause,
    });
  }
}
