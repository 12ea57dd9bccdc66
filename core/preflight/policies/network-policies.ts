import * as z from 'zod/mini';
import type { Finding } from '../finding.ts';
import { type LabelSelector, type Labels, labelSelector, selects } from '../label-selector.ts';
import type { Policy } from '../parity.ts';
import { commonLabels, type Sides } from '../sides.ts';
import { yamlLines } from '../yaml-lines.ts';
import { metadata, subjectOf } from './policy-metadata.ts';

const peer = z.looseObject({ podSelector: z.nullish(labelSelector), namespaceSelector: z.nullish(labelSelector) });

export const networkPolicy = z.looseObject({
  metadata,
  spec: z.looseObject({
    podSelector: z.nullish(labelSelector),
    policyTypes: z.nullish(z.array(z.string())),
    ingress: z.nullish(z.array(z.looseObject({ from: z.nullish(z.array(peer)) }))),
    egress: z.nullish(z.array(z.looseObject({ to: z.nullish(z.array(peer)) }))),
  }),
});
export type NetworkPolicy = z.infer<typeof networkPolicy>;

/**
 * What isolates stable's pods. A pod that no policy selects in a direction is open in it; one that others select takes only what one of them
 * allows. Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
 */
export function networkPolicies(found: readonly NetworkPolicy[], sides: Sides): Policy[] {
  return found.map((policy) => {
    const { podSelector, ...says } = policy.spec;
    const directions = directionsOf(policy);
    const isolated = found.some((other) => covers(other, sides.canary) && directionsOf(other).some((each) => directions.includes(each)));
    return {
      subject: subjectOf('NetworkPolicy', policy.metadata),
      covers: (pods) => covers(policy, pods),
      says,
      severity: 'refusal',
      without: isolated ? 'is cut off from connections that stable may have' : 'may have connections that are kept from stable',
      selectorPath: ['spec', 'podSelector'],
    };
  });
}

/** What lets stable's pods through by the label of their side: others may let the canary's through too, so it is for a person to see. */
export function peerFindings(found: readonly NetworkPolicy[], sides: Sides, selector: Labels): Finding[] {
  return found.flatMap((policy) => {
    const rules = [...(policy.spec.ingress ?? []).map(({ from }) => from ?? []), ...(policy.spec.egress ?? []).map(({ to }) => to ?? [])];
    const uneven = rules.some((peers) => meets(peers, sides.stable) && !meets(peers, sides.canary));
    if (!uneven) return [];
    return [
      {
        severity: 'warning' as const,
        subject: subjectOf('NetworkPolicy', policy.metadata),
        message: "It lets stable's pods through by their side, and does not let the canary's through.",
        remedy: `Name them by what both sides bear, in ingress.from and egress.to:\n${yamlLines({ podSelector: { matchLabels: commonLabels(sides, selector) } })}`,
      },
    ];
  });
}

export const securityGroupPolicy = z.looseObject({
  metadata,
  spec: z.looseObject({ podSelector: z.nullish(labelSelector), serviceAccountSelector: z.nullish(labelSelector) }),
});
export type SecurityGroupPolicy = z.infer<typeof securityGroupPolicy>;

/** The security groups of stable's pods: databases let them in by those. The service account is the same on both sides. */
export function securityGroupPolicies(found: readonly SecurityGroupPolicy[]): Policy[] {
  return found.map(({ metadata, spec: { podSelector, ...says } }) => ({
    subject: subjectOf('SecurityGroupPolicy', metadata),
    covers: (pods) => selects(podSelector ?? {}, pods),
    says,
    severity: 'refusal',
    without: 'has the security groups of its node instead of those that stable has',
    selectorPath: ['spec', 'podSelector'],
  }));
}

function covers({ spec }: NetworkPolicy, pods: Labels): boolean {
  return selects(spec.podSelector ?? {}, pods);
}

/** Left out, a policy is about ingress, and about egress too where it has rules for it. */
function directionsOf({ spec }: NetworkPolicy): readonly string[] {
  return spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
}

/** Pods of the policy's own namespace; those of another one that happens to be selected too are not told apart. */
function meets(peers: readonly { podSelector?: LabelSelector | null | undefined }[], pods: Labels): boolean {
  return peers.some(({ podSelector }) => podSelector !== undefined && podSelector !== null && selects(podSelector, pods));
}
