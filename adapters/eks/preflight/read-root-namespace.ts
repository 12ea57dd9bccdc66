import { ClusterForbiddenError, ClusterUnavailableError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import type { MeshWidePolicies } from '../../../core/preflight/inspect-surroundings.ts';
import { istioNamespace, meshConfigMap, rootNamespaceOf } from '../../../core/preflight/policies/mesh-config.ts';
import * as kinds from './kinds.ts';
import { listKind, type Unread } from './list-kind.ts';

/** The policies of the whole mesh, by their namespace, and what of it could not be read. */
export interface RootNamespaceRead {
  readonly rootNamespace: string;
  readonly meshWide: MeshWidePolicies;
  readonly unread: readonly Unread[];
}

/** Of istiod, where it was installed without a revision. */
const configMap = { kind: 'ConfigMap', apiVersion: 'v1', resource: 'configmaps', name: 'istio' };

/**
 * Reads the policies that Istio applies in every namespace. Which namespace they stand in says the MeshConfig; where that may not be read, it is
 * looked for where it usually is. Nothing where the service itself is in the root namespace, whose policies are read as its own.
 *
 * @throws what is no answer of the cluster's API
 */
export async function readRootNamespace(api: KubernetesApi, namespace: string): Promise<RootNamespaceRead> {
  const { rootNamespace, unread } = await findRootNamespace(api);
  if (rootNamespace === namespace) {
    return { rootNamespace, meshWide: { authorizationPolicies: [], requestAuthentications: [], peerAuthentications: [] }, unread: [] };
  }
  const [callers, mutualTls, tokens] = await Promise.all([
    listKind(api, rootNamespace, kinds.authorizationPolicies),
    listKind(api, rootNamespace, kinds.peerAuthentications),
    listKind(api, rootNamespace, kinds.requestAuthentications),
  ]);
  return {
    rootNamespace,
    meshWide: {
      authorizationPolicies: callers.objects,
      requestAuthentications: tokens.objects,
      peerAuthentications: mutualTls.unread.length === 0 ? mutualTls.objects : undefined,
    },
    unread: [...unread, ...callers.unread, ...mutualTls.unread, ...tokens.unread],
  };
}

async function findRootNamespace(api: KubernetesApi): Promise<{ rootNamespace: string; unread: Unread[] }> {
  const usual = (...why: Unread['why'][]) => ({ rootNamespace: istioNamespace, unread: why.map((each) => ({ ...configMap, why: each })) });
  try {
    const found = await api.read({ ...configMap, namespace: istioNamespace });
    if (found === undefined) return usual();
    const parsed = meshConfigMap.safeParse(found);
    return parsed.success ? { rootNamespace: rootNamespaceOf(parsed.data), unread: [] } : usual('unknownShape');
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return usual('forbidden');
    if (error instanceof ClusterUnavailableError) return usual('unavailable');
    throw error;
  }
}
