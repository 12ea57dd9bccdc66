import type { Finding } from './finding.ts';
import type { Labels } from './label-selector.ts';
import { sameValue } from './same-value.ts';
import { commonLabels, type Sides } from './sides.ts';
import { yamlLines } from './yaml-lines.ts';

/** A policy as far as parity goes: whom it is about, what it says, and what becomes of a side that it leaves out. */
export interface Policy {
  /** `AuthorizationPolicy shop/callers`. */
  readonly subject: string;
  covers(pods: Labels): boolean;
  /** All that it says but whom it says it of. A twin for the other side says the same. */
  readonly says: unknown;
  /** How grave it is that it covers stable alone. */
  readonly severity: Finding['severity'];
  /** What the canary is without it, after "and without it the canary". */
  readonly without: string;
  /** Where its selector of pods stands, for the remedy: `['spec', 'podSelector']`. */
  readonly selectorPath: readonly string[];
}

/**
 * The two versions must be covered alike. Their pods differ in one label, so a policy tells them apart only where it names that label; it is
 * fine where another one says the same of the other side.
 */
export function parityFindings(policies: readonly Policy[], sides: Sides, selector: Labels): Finding[] {
  const covering = (policy: Policy) => ({ stable: policy.covers(sides.stable), canary: policy.covers(sides.canary) });
  const all = policies.map((policy) => ({ policy, ...covering(policy) }));
  return all.flatMap(({ policy, stable, canary }) => {
    if (stable === canary) return [];
    const twin = all.some((other) => other.stable === canary && other.canary === stable && sameValue(other.policy.says, policy.says));
    if (twin) return [];
    return [stable ? stableOnly(policy, sides, selector) : canaryOnly(policy, sides, selector)];
  });
}

function stableOnly(policy: Policy, sides: Sides, selector: Labels): Finding {
  return {
    severity: policy.severity,
    subject: policy.subject,
    message: `It covers stable's pods and not the canary's, and without it the canary ${policy.without}.`,
    remedy: selectBoth(policy, sides, selector),
  };
}

function canaryOnly(policy: Policy, sides: Sides, selector: Labels): Finding {
  return {
    severity: 'warning',
    subject: policy.subject,
    message: "It covers the canary's pods and not stable's, so that the two are not treated alike.",
    remedy: selectBoth(policy, sides, selector),
  };
}

function selectBoth({ selectorPath }: Policy, sides: Sides, selector: Labels): string {
  const matchLabels = commonLabels(sides, selector);
  if (Object.keys(matchLabels).length === 0)
    return `Give the pods of both sides a label besides ${sides.sideLabel}, and select by that one.`;
  const manifest = selectorPath.toReversed().reduce<Record<string, unknown>>((inner, field) => ({ [field]: inner }), { matchLabels });
  return `Select by what the pods of both sides bear, or write the same for the other side too:\n${yamlLines(manifest)}`;
}
