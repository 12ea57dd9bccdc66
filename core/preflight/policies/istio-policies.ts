import * as z from 'zod/mini';
import type { Finding } from '../finding.ts';
import { type Labels, selects } from '../label-selector.ts';
import type { Policy } from '../parity.ts';
import type { Sides } from '../sides.ts';
import { metadata, subjectOf } from './policy-metadata.ts';
import { istioSelector } from './workload-selector.ts';

const targetRef = z.looseObject({ kind: z.string(), name: z.string() });
const targets = { targetRef: z.nullish(targetRef), targetRefs: z.nullish(z.array(targetRef)) };

export const authorizationPolicy = z.looseObject({
  metadata,
  spec: z.nullish(z.looseObject({ selector: istioSelector, ...targets, action: z.nullish(z.union([z.string(), z.number()])) })),
});
export type AuthorizationPolicy = z.infer<typeof authorizationPolicy>;

export const requestAuthentication = z.looseObject({ metadata, spec: z.nullish(z.looseObject({ selector: istioSelector, ...targets })) });
export type RequestAuthentication = z.infer<typeof requestAuthentication>;

type IstioPolicy = AuthorizationPolicy | RequestAuthentication;

/**
 * Who may call. Where other policies of action ALLOW cover the canary, what the one that is missing allows is refused there: an ALLOW policy
 * refuses whatever none of them allows.
 * Source: https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export function authorizationPolicies(found: readonly AuthorizationPolicy[], sides: Sides): Policy[] {
  const onPods = found.filter((policy) => targetsOf(policy).length === 0);
  const allowed = onPods.some((policy) => actionOf(policy) === 'ALLOW' && coversPods(policy, sides.canary));
  const without = (action: string) => {
    if (action === 'ALLOW') return allowed ? 'refuses callers that stable serves' : 'serves callers that stable refuses';
    return action === 'AUDIT' ? 'is not audited' : 'serves callers that stable refuses';
  };
  return onPods.map((policy) => {
    const action = actionOf(policy);
    return { ...common('AuthorizationPolicy', policy), severity: action === 'AUDIT' ? 'warning' : 'refusal', without: without(action) };
  });
}

/** Whose tokens are known. A policy that asks for a principal refuses everybody where no token is read. */
export function requestAuthentications(found: readonly RequestAuthentication[]): Policy[] {
  const onPods = found.filter((policy) => targetsOf(policy).length === 0);
  return onPods.map((policy) => ({
    ...common('RequestAuthentication', policy),
    severity: 'refusal',
    without: 'neither reads nor checks the tokens of its callers',
  }));
}

/**
 * A policy on stable's Service holds for what is sent to that Service, whichever side then answers. Only what is sent to the canary's
 * Service itself escapes it, as a gateway does that resolves the route on its own, so this widens and breaks nothing.
 * Source: https://istio.io/latest/docs/ambient/usage/l7-features/#targeting-services
 */
export function serviceTargetFindings(kind: string, found: readonly IstioPolicy[], sides: Sides): Finding[] {
  return found.flatMap((policy) => {
    const services = targetsOf(policy)
      .filter((target) => target.kind === 'Service')
      .map(({ name }) => name);
    if (!services.includes(sides.stableService) || services.includes(sides.canaryService)) return [];
    return [
      {
        severity: 'warning' as const,
        subject: subjectOf(kind, policy.metadata),
        message: `It is attached to Service ${sides.stableService}, so what is sent to ${sides.canaryService} directly is not covered.`,
        remedy: `Attach it to both, or to the waypoint: targetRefs takes a list, and a Service that is not there yet may stand in it.\nspec:\n  targetRefs:\n    - kind: Service\n      group: ""\n      name: ${sides.stableService}\n    - kind: Service\n      group: ""\n      name: ${sides.canaryService}`,
      },
    ];
  });
}

function common(kind: string, policy: IstioPolicy): Pick<Policy, 'subject' | 'covers' | 'says' | 'selectorPath'> {
  const { selector: _selector, ...says } = policy.spec ?? {};
  return {
    subject: subjectOf(kind, policy.metadata),
    covers: (pods) => coversPods(policy, pods),
    says,
    selectorPath: ['spec', 'selector'],
  };
}

function coversPods({ spec }: IstioPolicy, pods: Labels): boolean {
  return selects({ matchLabels: spec?.selector?.matchLabels ?? {} }, pods);
}

/** Its API writes the number of the action in some versions, and leaves out the first one. */
function actionOf({ spec }: AuthorizationPolicy): string {
  const action = spec?.action ?? 0;
  return typeof action === 'string' ? action : (['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'][action] ?? 'CUSTOM');
}

function targetsOf({ spec }: IstioPolicy): readonly z.infer<typeof targetRef>[] {
  return [...(spec?.targetRefs ?? []), ...(spec?.targetRef ? [spec.targetRef] : [])];
}
