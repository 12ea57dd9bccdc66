import { ClusterForbiddenError, ClusterUnavailableError, type SluiceError, WorkloadRejectedError } from '../../core/errors.ts';
import type { ResourceRef } from '../../core/ports.ts';
import type { TransportAnswer } from './http.ts';
import { refusalMessage } from './kubernetes-answer.ts';

/** One request, in the words of RBAC. */
export interface KubernetesCall {
  readonly cluster: string;
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
  readonly ref: ResourceRef;
}

/** The error for an answer that is neither a success nor an outcome that the port names. */
export function refusal(call: KubernetesCall, answer: TransportAnswer): SluiceError {
  const said = `${describeCall(call)}: the API answered ${answer.status}, ${refusalMessage(answer.body) || 'without a word'}`;
  if (answer.status === 401) {
    return new ClusterForbiddenError(said, {
      remedy: `The cluster does not know this IAM role: give it an access entry (aws eks create-access-entry --cluster-name ${call.cluster} …).`,
    });
  }
  if (answer.status === 403) {
    const group = call.ref.apiVersion.includes('/') ? call.ref.apiVersion.split('/')[0] : '""';
    return new ClusterForbiddenError(said, {
      remedy: `Allow the verb ${call.verb} on ${call.ref.resource} (apiGroup ${group}) in namespace ${call.ref.namespace} to the group of its access entry, by a Role and a RoleBinding.`,
    });
  }
  if (answer.status >= 300 && answer.status < 400) {
    return new ClusterForbiddenError(`${describeCall(call)}: the API answered with a redirect, which a Kubernetes API never does.`, {
      remedy: 'See that the endpoint is the one that DescribeCluster shows; redirects are not followed.',
    });
  }
  if (answer.status === 429 || answer.status >= 500 || answer.status < 200 || answer.status === 410) {
    return new ClusterUnavailableError(said, { remedy: 'It is tried again; if it lasts, look at the health of the control plane.' });
  }
  return new WorkloadRejectedError(said, { remedy: 'Mend what the API server, or an admission webhook behind it, objects to.' });
}

/** The error for a request that got no answer. */
export function noAnswer(call: KubernetesCall, cause: unknown): SluiceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (isDistrust(code)) {
    return new ClusterForbiddenError(
      `${describeCall(call)}: the server's certificate does not come from the cluster's authority (${code}).`,
      {
        remedy: 'Read the endpoint anew by DescribeCluster; if it still fails, somebody stands between here and the API server.',
        cause,
      },
    );
  }
  const why = cause instanceof Error && cause.name === 'TimeoutError' ? 'no answer in time' : code || 'no answer';
  return new ClusterUnavailableError(`${describeCall(call)}: ${why}.`, {
    remedy: 'It is tried again; see that the endpoint can be reached from here (subnets, security groups, private endpoint).',
    cause,
    isUnanswered: true,
  });
}

/** The codes by which OpenSSL and Node refuse a server's certificate. */
function isDistrust(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code);
}

function describeCall({ cluster, verb, ref }: KubernetesCall): string {
  const name = ref.name === '' ? ref.namespace : `${ref.namespace}/${ref.name}`;
  return `Could not ${verb} ${ref.resource} ${name} in cluster ${cluster}`;
}
