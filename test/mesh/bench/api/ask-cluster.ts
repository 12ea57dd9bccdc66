import { ClusterForbiddenError, ClusterUnavailableError } from '../../../../core/errors.ts';
import type { RawAnswer, RawApi } from './raw-api.ts';

/**
 * Asks for what a cluster may have or not, and answers undefined where it has not, which is 404.
 *
 * @throws ClusterUnavailableError where nobody answered for the cluster: nothing, or 5xx, which is also what `kubectl proxy` says where it
 * reaches no cluster; ClusterForbiddenError where it lets nobody in.
 */
export async function askCluster(api: RawApi, path: string): Promise<string | undefined> {
  const { status, body } = await api.ask('GET', path).catch((cause: unknown): RawAnswer => {
    throw unreachable(String(cause), cause);
  });
  if (status === 200) return body;
  if (status === 404) return undefined;
  const answer = `${status} to GET ${path}: ${body.trim().slice(0, 500)}`;
  if (status === 401 || status === 403) {
    throw new ClusterForbiddenError('The cluster does not let its administrator in.', {
      remedy: `Log in again, and see that \`kubectl get namespaces\` works with this KUBECONFIG. The answer was ${answer}`,
    });
  }
  throw unreachable(`The answer was ${answer}`);
}

function unreachable(details: string, cause?: unknown): ClusterUnavailableError {
  return new ClusterUnavailableError('The cluster could not be reached.', {
    remedy: `Point KUBECONFIG to a cluster that runs, and see that \`kubectl get namespaces\` works with it. ${details}`,
    cause,
  });
}
