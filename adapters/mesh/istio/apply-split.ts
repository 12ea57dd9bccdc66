import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget } from '../../../core/ports.ts';
import { fromPair, withinPair } from '../../../core/traffic/pair-share.ts';
import type { Side, Split } from '../../../core/traffic/split.ts';
import { type Parts, partsOf, sidesOf } from './sides.ts';
import { type DestinationWeight, destinationsText, type Rule } from './virtual-service.ts';

type Routed = Pick<Rule, 'route'>;

/** What stable and the canary have in the rule, in its own units. A single destination has everything, whatever its weight says. */
export function pairOf(rule: Routed, target: RouteTarget): Split {
  const { stable, canary } = partsOf(rule, target);
  const alone = rule.route.length === 1;
  return {
    stable: alone ? stable.length * target.totalWeight : sumOf(stable),
    canary: alone ? canary.length * target.totalWeight : sumOf(canary),
  };
}

/** What they have in units of the target's total. */
export function splitOf(rule: Routed, target: RouteTarget): Split {
  return fromPair(pairOf(rule, target), target.totalWeight);
}

/**
 * The rule's destinations at a split: stable's entry and the canary's beside it, which is made from stable's where there is none
 * yet, so that headers, ports and unknown fields are the same for both. Both weights are written out, 0 too. A canary that was
 * never in the route is not added in order to give it 0. Where others share the rule, they keep their weights.
 *
 * @example route [{ destination: { host: 'checkout' } }] at { stable: 95, canary: 5 } becomes
 *   [{ destination: { host: 'checkout' }, weight: 95 }, { destination: { host: 'checkout-canary' }, weight: 5 }]
 * @throws RouteRejectedError where no integers say the split beside others.
 */
export function applySplit(rule: Pick<Rule, 'route' | 'label'>, target: RouteTarget, asked: Split): readonly DestinationWeight[] {
  const { isStable, isCanary, canaryOf } = sidesOf(target);
  const parts = partsOf(rule, target);
  const [stable] = parts.stable;
  const hasCanary = parts.canary.length > 0;
  if (stable === undefined || (!hasCanary && asked.canary === 0)) return rule.route;
  const split = weightsOf(rule, parts, target, asked);
  const route: DestinationWeight[] = rule.route.map((entry) =>
    !isStable(entry) && !isCanary(entry)
      ? entry
      : isStable(entry)
        ? { ...entry, weight: split.stable }
        : { ...entry, weight: split.canary },
  );
  if (!hasCanary) {
    const behind = route.findIndex(isStable) + 1;
    route.splice(behind, 0, { ...stable, destination: canaryOf(stable.destination), weight: split.canary });
  }
  return route;
}

function weightsOf(rule: Pick<Rule, 'route' | 'label'>, { others }: Parts, target: RouteTarget, asked: Split): Split {
  if (others.length === 0) return asked;
  const pair = pairOf(rule, target);
  const pairTotal = pair.stable + pair.canary;
  const within = withinPair(asked, target.totalWeight, pairTotal);
  if (within !== undefined && (pairTotal > 0 || asked.canary === 0)) return within;
  throw new RouteRejectedError(
    `${asked.canary} of ${target.totalWeight} is no whole number of the ${pairTotal} that stable and the canary share in the ${rule.label}, which leads to ${destinationsText(rule.route)}.`,
    { remedy: remedyFor([asked.canary], target.totalWeight, pairTotal) },
  );
}

/** By how much all weights of a rule are to be multiplied so that weights of the total can be said in it. */
export function remedyFor(weights: readonly number[], totalWeight: number, pairTotal: number): string {
  if (pairTotal === 0) return "Give stable's destination a weight.";
  const factor = weights.map((weight) => totalWeight / greatestDivisor(totalWeight, weight * pairTotal)).reduce(leastMultiple, 1);
  return `Multiply all weights of the rule by ${factor}, which changes nothing but how finely they can be shared.`;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function leastMultiple(a: number, b: number): number {
  return (a / greatestDivisor(a, b)) * b;
}

/**
 * The rule's destinations without the canary. `before` is what they were when the rollout claimed the route, or undefined once that is
 * forgotten: the weight that stable had comes from there, so that a single destination without a weight is one again (T5). Everything
 * else of stable's entry stays as it is now, since somebody may have changed it meanwhile. A canary that was in the route before is
 * taken out all the same: its Service is about to go, and a weight that it had then is never given back (T3).
 */
export function withoutCanary(
  rule: Routed,
  target: RouteTarget,
  before: readonly DestinationWeight[] | undefined,
): readonly DestinationWeight[] {
  const { isStable, isCanary } = sidesOf(target);
  const { canary, others } = partsOf(rule, target);
  if (before === undefined && canary.length === 0) return rule.route;
  const [alone, second] = before ?? [];
  const pair = pairOf(rule, target);
  const whole = alone !== undefined && second === undefined ? alone.weight : target.totalWeight;
  const weight = others.length > 0 ? pair.stable + pair.canary : whole;
  return rule.route
    .filter((entry) => !isCanary(entry))
    .map((entry) => {
      if (!isStable(entry)) return entry;
      const { weight: _, ...stable } = entry;
      return weight === undefined ? stable : { ...stable, weight };
    });
}

/**
 * The destinations of a rule that cannot be steered any more, because somebody changed it during the rollout, at the safe side: it takes
 * over what the other side of this rollout has, and whatever else stands there keeps its share. As they are where there is nothing to move.
 *
 * @param isNamed whether the spec names the rule. Where the safe side was taken out of such a one, the other's destination becomes its; a rule
 *   that the spec does not name may lead to one side by the wish of whoever wrote it.
 * @example With stable twice, weights checkout 30, checkout.shop 20, checkout-canary 50 become 80, 20, 0.
 */
export function evacuate({ route }: Routed, target: RouteTarget, safe: Side, isNamed: boolean): readonly DestinationWeight[] {
  const { isStable, isCanary, canaryOf, stableOf } = sidesOf(target);
  const [isSafe, isUnsafe] = safe === 'stable' ? [isStable, isCanary] : [isCanary, isStable];
  const moved = sumOf(route.filter(isUnsafe));
  const first = route.find(isSafe);
  if (first === undefined && isNamed) {
    const turned = safe === 'stable' ? stableOf : canaryOf;
    return route.map((entry) => (isUnsafe(entry) ? { ...entry, destination: turned(entry.destination) } : entry));
  }
  if (first === undefined || moved === 0) return route;
  return route.map((entry) => {
    if (entry === first) return { ...entry, weight: (entry.weight ?? 0) + moved };
    return isUnsafe(entry) ? { ...entry, weight: 0 } : entry;
  });
}

function sumOf(entries: readonly DestinationWeight[]): number {
  return entries.reduce((sum, { weight = 0 }) => sum + weight, 0);
}
