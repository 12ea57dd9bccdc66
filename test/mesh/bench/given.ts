import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../adapters/clock.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { ClusterForbiddenError, NotFoundError } from '../../../core/errors.ts';
import type { ClusterEndpoint } from '../../../core/ports.ts';
import type { Environment } from '../../localstack/engine/environment.ts';
import { applyObjects, objectsOf } from './api/apply.ts';
import { freshNamespace } from './api/fresh-namespace.ts';
import { RawApi } from './api/raw-api.ts';
import { type Served, servedBy } from './api/served.ts';
import type { MeshCluster } from './types.ts';

/** Whether the tests are to run against a cluster that is there already, such as kind or EKS. */
export function isClusterGiven({ KUBECONFIG, PROMETHEUS_URL }: Environment): boolean {
  return Boolean(KUBECONFIG) && Boolean(PROMETHEUS_URL);
}

/**
 * The cluster of KUBECONFIG, with the Prometheus of PROMETHEUS_URL. `kubectl proxy` speaks to it, so that every way to log in works that
 * kubectl knows; as Sluice it impersonates the user and the group `sluice`, which the kubeconfig's user has to be allowed.
 *
 * @throws NotFoundError where the variables or kubectl are missing.
 */
export async function openGivenCluster(environment: Environment = process.env): Promise<MeshCluster> {
  const { KUBECONFIG: kubeconfig = '', PROMETHEUS_URL: prometheusUrl = '' } = environment;
  if (!isClusterGiven(environment)) {
    throw new NotFoundError('No cluster is given.', { remedy: 'Set KUBECONFIG and PROMETHEUS_URL.' });
  }
  const admin = await startKubectlProxy([], environment);
  const sluice = await startKubectlProxy(['--as=sluice', '--as-group=sluice'], environment);
  const endpointOf = ({ url: endpoint }: KubectlProxy): ClusterEndpoint => ({ name: 'given', endpoint, certificateAuthority: '' });
  const clientAt = (endpoint: ClusterEndpoint) => createKubernetesClient({ endpoint, clock: systemClock, timeoutMs: 30_000 });
  const raw = new RawApi({ url: admin.url });
  return {
    kubeconfig,
    prometheusUrl,
    admin: clientAt(endpointOf(admin)),
    sluice: clientAt(endpointOf(sluice)),
    clusterEndpoint: endpointOf(sluice),
    sluiceAt: clientAt,
    raw,
    openRawSluice: async () => new RawApi({ url: sluice.url }),
    apply: (manifests) => applyObjects(raw, objectsOf(manifests)),
    freshNamespace: (prefix) => freshNamespace(raw, prefix),
    async detach() {
      raw.close();
      admin.end();
      sluice.end();
    },
  };
}

/**
 * What the given cluster serves; a run that cannot use the cluster ends with this, before any test.
 *
 * @throws NotFoundError as `openGivenCluster`; ClusterUnavailableError where the cluster cannot be reached, ClusterForbiddenError where it
 * does not let in the kubeconfig's user, or not as Sluice.
 */
export async function lookAtGivenCluster(environment: Environment = process.env): Promise<Served> {
  const cluster = await openGivenCluster(environment);
  const asSluice = await cluster.openRawSluice();
  try {
    const served = await servedBy(cluster.raw);
    const { status, body } = await asSluice.ask('GET', '/version');
    if (status === 200) return served;
    throw new ClusterForbiddenError('The user of KUBECONFIG may not act as Sluice.', {
      remedy: `Allow it to impersonate the user and the group \`sluice\`. The answer was ${status}: ${body.trim()}`,
    });
  } finally {
    asSluice.close();
    await cluster.detach();
  }
}

interface KubectlProxy {
  readonly url: string;
  end(): void;
}

async function startKubectlProxy(args: readonly string[], environment: Environment): Promise<KubectlProxy> {
  const child = spawn('kubectl', ['proxy', '--port=0', ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  const address = await new Promise<string | undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
    createInterface({ input: child.stdout }).on('line', (line) => resolve(/127\.0\.0\.1:\d+/.exec(line)?.[0]));
  });
  if (address === undefined) {
    throw new NotFoundError('`kubectl proxy` does not start.', { remedy: 'Install kubectl, and see what it wrote.' });
  }
  return { url: `http://${address}`, end: () => void child.kill() };
}
