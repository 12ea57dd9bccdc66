import type { KubernetesApi } from '../../../core/ports.ts';
import type { Surroundings } from '../../../core/preflight/inspect-surroundings.ts';
import type { RouterKind } from '../../../core/spec/router-spec.ts';
import * as kinds from './kinds.ts';
import { type Kind, type Listed, listKind, type Unread } from './list-kind.ts';
import { readRootNamespace } from './read-root-namespace.ts';

/** What stands around a service in its namespace, and what of it could not be read. */
export interface SurroundingsRead {
  readonly around: Surroundings;
  readonly unread: readonly Unread[];
  /** Of the namespace of Istio whose policies hold for the whole mesh, where the mesh may be Istio. */
  readonly root: { readonly namespace: string; readonly unread: readonly Unread[] } | undefined;
}

/** Whose policies may hold in a namespace: those of the spec's mesh, and where the Gateway API is the router, of each mesh that implements it. */
const policiesOf: Readonly<Record<RouterKind, readonly ('istio' | 'linkerd' | 'consul')[]>> = {
  istio: ['istio'],
  gatewayApi: ['istio', 'linkerd'],
  linkerd: ['linkerd'],
  consul: ['consul'],
};

/** Lists each kind once, all at the same time; of the root namespace, after its name was found. @throws what is no answer of the cluster's API */
export async function readSurroundings(api: KubernetesApi, namespace: string, router: RouterKind): Promise<SurroundingsRead> {
  const meshes = policiesOf[router];
  const list = <T>(kind: Kind<T>): Promise<Listed<T>> => listKind(api, namespace, kind);
  const of = async <T>(mesh: (typeof meshes)[number], kind: Kind<T>): Promise<Listed<T>> =>
    meshes.includes(mesh) ? list(kind) : { objects: [], unread: [] };
  const mayBeIstio = meshes.includes('istio');
  const [root, quotas, budgets, services, network, securityGroups, callers, mutualTls, tokens, servers, intentions] = await Promise.all([
    mayBeIstio ? readRootNamespace(api, namespace) : undefined,
    list(kinds.resourceQuotas),
    list(kinds.disruptionBudgets),
    list(kinds.services),
    list(kinds.networkPolicies),
    list(kinds.securityGroupPolicies),
    of('istio', kinds.authorizationPolicies),
    of('istio', kinds.peerAuthentications),
    of('istio', kinds.requestAuthentications),
    of('linkerd', kinds.linkerdServers),
    of('consul', kinds.intentions),
  ]);
  const all = [quotas, budgets, services, network, securityGroups, callers, mutualTls, tokens, servers, intentions];
  return {
    around: {
      services: services.objects,
      quotas: quotas.objects,
      budgets: budgets.objects,
      networkPolicies: network.objects,
      securityGroupPolicies: securityGroups.objects,
      authorizationPolicies: callers.objects,
      peerAuthentications: mutualTls.objects,
      requestAuthentications: tokens.objects,
      linkerdServers: servers.objects,
      intentions: intentions.objects,
      meshWide: root?.meshWide ?? { authorizationPolicies: [], peerAuthentications: [], requestAuthentications: [] },
    },
    unread: all.flatMap(({ unread }) => unread),
    root: root === undefined ? undefined : { namespace: root.rootNamespace, unread: root.unread },
  };
}
