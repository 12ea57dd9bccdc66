import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget } from '../../../core/ports.ts';
import { fromPair, withinPair } from '../../../core/traffic/pair-share.ts';
import type { Side, Split } from '../../../core/traffic/split.ts';
import { type BackendRef, isBackend, pairOf, type RouteRule } from './route-rules.ts';

/** Weights are proportions here, and a weight that is not there is 1. */
const weightOf = (ref: BackendRef | undefined): number => (ref === undefined ? 0 : (ref.weight ?? 1));

/** What stable and canary share of what the two have together, in units of totalWeight. */
export function splitOf(rule: RouteRule, target: RouteTarget): Split {
  const { stable, canary } = pairOf(rule, target);
  return fromPair({ stable: weightOf(stable), canary: weightOf(canary) }, target.totalWeight);
}

/** What the two have together, and whether the rule has other backends beside them. */
export function pairShareOf(rule: RouteRule, target: RouteTarget): { total: number; isShared: boolean } {
  const { stable, canary } = pairOf(rule, target);
  const pair = [stable, canary].filter((ref) => ref !== undefined);
  return { total: weightOf(stable) + weightOf(canary), isShared: (rule.backendRefs ?? []).length > pair.length };
}

/**
 * The rule at a split: stable's backendRef and the canary's behind it, which is made from stable's where there is none yet, so that port,
 * filters and unknown fields are the same for both. Both weights are written out, 0 too. Other backends keep theirs, and then the two share
 * what they had together. A canary that was never in the rule is not added in order to give it 0.
 *
 * @throws RouteRejectedError where no integers say the split beside the other backends.
 */
export function withSplit(rule: RouteRule, target: RouteTarget, split: Split): RouteRule {
  const { stable, canary } = pairOf(rule, target);
  if (stable === undefined || (canary === undefined && split.canary === 0)) return rule;
  const { total, isShared } = pairShareOf(rule, target);
  const weights = isShared ? withinPair(split, target.totalWeight, total) : split;
  if (weights === undefined) {
    throw new RouteRejectedError(
      `${target.stableService} and ${target.canaryService} have ${total} together beside the other backends of the rule: no integers give the canary ${split.canary} of ${target.totalWeight} of it.`,
      { remedy: 'Multiply all weights of the rule by the same number: they are proportions.' },
    );
  }
  const weighed = (rule.backendRefs ?? []).map((ref) => {
    if (ref === stable) return { ...ref, weight: weights.stable };
    return ref === canary ? { ...ref, weight: weights.canary } : ref;
  });
  const added = canary === undefined ? [canaryFrom(stable, target, weights.canary)] : [];
  return { ...rule, backendRefs: [...weighed, ...added] };
}

/** The canary's backendRef, made from stable's. */
export function canaryFrom(stable: BackendRef, target: RouteTarget, weight: number): BackendRef {
  return { ...stable, name: target.canaryService, weight };
}

/**
 * The rule without the canary. `before` is what its backendRefs were when the rollout claimed it, or undefined once that is forgotten: the
 * weight that stable had comes from there, so that one without a weight is one again (T5). Beside other backends the two give back what they
 * have together now. Everything else of stable's entry stays as it is. A canary that was there before goes all the same: its Service is about
 * to go, and a weight that it had then is never given back (T3).
 */
export function withoutCanary(rule: RouteRule, target: RouteTarget, before: readonly BackendRef[] | undefined): RouteRule {
  const { stable, canary } = pairOf(rule, target);
  if (stable === undefined || (before === undefined && canary === undefined)) return rule;
  const { total, isShared } = pairShareOf(rule, target);
  const pairBefore = pairOf({ backendRefs: [...(before ?? [])] }, target);
  const isAlone = pairBefore.stable !== undefined && pairBefore.canary === undefined;
  const wasShared = (before ?? []).length > 1;
  const isKnown = isAlone && (isShared ? weightOf(pairBefore.stable) === total : !wasShared);
  const weight = isKnown ? pairBefore.stable?.weight : isShared ? total : target.totalWeight;
  const { weight: _, ...entry } = stable;
  const given: BackendRef = weight === undefined ? entry : { ...entry, weight };
  const backendRefs = (rule.backendRefs ?? []).flatMap((ref) => (ref === canary ? [] : [ref === stable ? given : ref]));
  return { ...rule, backendRefs };
}

/**
 * The backendRefs of a rule that cannot be steered any more, because somebody changed it during the rollout, at the safe side: it takes over
 * what the other side has, and whatever else stands there keeps its share. Undefined where there is nothing to move.
 *
 * @param isNamed whether the spec names the rule. Where the safe side was taken out of such a one, the other's backendRef becomes its; a rule
 *   that the spec does not name may lead to one side by the wish of whoever wrote it.
 */
export function evacuated(rule: RouteRule, target: RouteTarget, safe: Side, isNamed: boolean): RouteRule | undefined {
  const isOn = (service: string) => (ref: BackendRef) => isBackend(ref, service, target);
  const sides = [isOn(target.stableService), isOn(target.canaryService)] as const;
  const [isSafe, isUnsafe] = safe === 'stable' ? sides : [sides[1], sides[0]];
  const { backendRefs = [] } = rule;
  const moved = backendRefs.filter(isUnsafe).reduce((sum, ref) => sum + weightOf(ref), 0);
  const first = backendRefs.find(isSafe);
  if (first === undefined && isNamed && moved > 0) {
    const name = safe === 'stable' ? target.stableService : target.canaryService;
    return { ...rule, backendRefs: backendRefs.map((ref) => (isUnsafe(ref) ? { ...ref, name } : ref)) };
  }
  if (first === undefined || moved === 0) return undefined;
  return {
    ...rule,
    backendRefs: backendRefs.map((ref) => {
      if (ref === first) return { ...ref, weight: weightOf(ref) + moved };
      return isUnsafe(ref) ? { ...ref, weight: 0 } : ref;
    }),
  };
}
