import { budgetFindings, type DisruptionBudget } from './disruption-budgets.ts';
import type { Finding } from './finding.ts';
import { parityFindings } from './parity.ts';
import { intentionFindings, type ServiceIntentions } from './policies/consul-intentions.ts';
import {
  type AuthorizationPolicy,
  authorizationPolicies,
  type RequestAuthentication,
  requestAuthentications,
  serviceTargetFindings,
} from './policies/istio-policies.ts';
import { type LinkerdServer, linkerdServers } from './policies/linkerd-servers.ts';
import { type PeerAuthentication, peerAuthentications } from './policies/mutual-tls.ts';
import {
  type NetworkPolicy,
  networkPolicies,
  peerFindings,
  type SecurityGroupPolicy,
  securityGroupPolicies,
} from './policies/network-policies.ts';
import { quotaFindings, type ResourceQuota } from './resource-quotas.ts';
import { servicesOverBoth } from './services-over-both.ts';
import type { Sides } from './sides.ts';
import type { PlainService, StableDeployment } from './stable-objects.ts';

/** Policies of the root namespace of Istio, which hold in every namespace. */
export interface MeshWidePolicies {
  readonly authorizationPolicies: readonly AuthorizationPolicy[];
  readonly requestAuthentications: readonly RequestAuthentication[];
  /** Undefined where they could not be read: they decide whether plain text is taken. */
  readonly peerAuthentications: readonly PeerAuthentication[] | undefined;
}

/** All that stands in the namespace and treats the two sides in some way, as far as it could be read. */
export interface Surroundings {
  readonly services: readonly PlainService[];
  readonly quotas: readonly ResourceQuota[];
  readonly budgets: readonly DisruptionBudget[];
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly securityGroupPolicies: readonly SecurityGroupPolicy[];
  readonly authorizationPolicies: readonly AuthorizationPolicy[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  readonly requestAuthentications: readonly RequestAuthentication[];
  readonly linkerdServers: readonly LinkerdServer[];
  readonly intentions: readonly ServiceIntentions[];
  readonly meshWide: MeshWidePolicies;
}

export interface StableSeen {
  readonly sides: Sides;
  readonly deployment: StableDeployment;
  /** The canary's Deployment is there already, so quotas count it. */
  readonly canaryExists: boolean;
  /** Services whose requests the routes take. */
  readonly fronts: readonly string[];
}

/** Whether what stands around the two sides will treat them alike, and has room for both. */
export function inspectSurroundings({ sides, deployment, canaryExists, fronts }: StableSeen, around: Surroundings): Finding[] {
  const { template, selector, replicas } = deployment.spec;
  const labels = selector.matchLabels ?? {};
  // Kind by kind, because a twin is one of the same kind.
  const { meshWide } = around;
  const policies = [
    authorizationPolicies([...around.authorizationPolicies, ...meshWide.authorizationPolicies], sides),
    peerAuthentications(around.peerAuthentications, meshWide.peerAuthentications, sides),
    requestAuthentications([...around.requestAuthentications, ...meshWide.requestAuthentications]),
    networkPolicies(around.networkPolicies, sides),
    securityGroupPolicies(around.securityGroupPolicies),
    linkerdServers(around.linkerdServers),
  ];
  return [
    ...quotaFindings(around.quotas, { pods: template.spec, replicas: replicas ?? 1, exists: canaryExists }),
    ...policies.flatMap((ofKind) => parityFindings(ofKind, sides, labels)),
    ...serviceTargetFindings('AuthorizationPolicy', around.authorizationPolicies, sides),
    ...serviceTargetFindings('RequestAuthentication', around.requestAuthentications, sides),
    ...peerFindings(around.networkPolicies, sides, labels),
    ...intentionFindings(around.intentions, sides, template.metadata?.annotations ?? {}),
    ...budgetFindings(around.budgets, sides),
    ...servicesOverBoth(around.services, sides, fronts),
  ];
}
