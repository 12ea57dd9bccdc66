import type { RouteTarget } from '../../../core/ports.ts';
import type { Side, Split } from '../../../core/traffic/split.ts';
import { type DestinationWeight, type HttpRule, isService } from './virtual-service.ts';

/** What the rule's destinations share now. A single destination has everything, whatever its weight says. */
export function splitOf(rule: HttpRule, target: RouteTarget): Split {
  const weightOf = (service: string): number => {
    const entry = rule.route.find(({ destination }) => isService(destination.host, service, target.namespace));
    if (entry === undefined) return 0;
    return rule.route.length === 1 ? target.totalWeight : (entry.weight ?? 0);
  };
  return { stable: weightOf(target.stableService), canary: weightOf(target.canaryService) };
}

/**
 * The rule's destinations at a split: stable's entry and the canary's beside it, which is made from stable's where there is none
 * yet, so that headers, ports and unknown fields are the same for both. Both weights are written out, 0 too. A canary that was
 * never in the route is not added in order to give it 0. A subset is not copied: no DestinationRule names the canary's host, so requests to
 * its subset would be answered 503.
 *
 * @example route [{ destination: { host: 'checkout' } }] at { stable: 95, canary: 5 } becomes
 *   [{ destination: { host: 'checkout' }, weight: 95 }, { destination: { host: 'checkout-canary' }, weight: 5 }]
 */
export function applySplit(rule: HttpRule, target: RouteTarget, split: Split): { route: readonly DestinationWeight[]; changed: boolean } {
  const canary = rule.route.find(({ destination }) => isService(destination.host, target.canaryService, target.namespace));
  if (canary === undefined && split.canary === 0) return { route: rule.route, changed: false };
  const route: DestinationWeight[] = rule.route.map((entry) =>
    isService(entry.destination.host, target.stableService, target.namespace)
      ? { ...entry, weight: split.stable }
      : { ...entry, weight: split.canary },
  );
  if (canary === undefined) {
    const stable = rule.route[0] as DestinationWeight;
    const host = stable.destination.host.replace(target.stableService, target.canaryService);
    const { subset: _, ...destination } = stable.destination;
    route.push({ ...stable, destination: { ...destination, host }, weight: split.canary });
  }
  const now = splitOf(rule, target);
  const explicit = rule.route.every((entry) => entry.weight !== undefined);
  return { route, changed: canary === undefined || !explicit || now.stable !== split.stable || now.canary !== split.canary };
}

/**
 * The rule's destinations without the canary. `before` is what they were when the rollout claimed the route, or undefined once that is
 * forgotten: the weight that stable had comes from there, so that a single destination without a weight is one again (T5). Everything
 * else of stable's entry stays as it is now, since somebody may have changed it meanwhile. A canary that was in the route before is
 * taken out all the same: its Service is about to go, and a weight that it had then is never given back (T3).
 */
export function withoutCanary(
  rule: HttpRule,
  target: RouteTarget,
  before: readonly DestinationWeight[] | undefined,
): readonly DestinationWeight[] {
  const stable = rule.route.filter(({ destination }) => isService(destination.host, target.stableService, target.namespace));
  if (before === undefined && stable.length === rule.route.length) return rule.route;
  const [alone, second] = before ?? [];
  const weight = alone !== undefined && second === undefined ? alone.weight : target.totalWeight;
  return stable.map(({ weight: _, ...entry }) => (weight === undefined ? entry : { ...entry, weight }));
}

/**
 * The destinations of a rule that cannot be steered any more, because somebody changed it during the rollout, at the safe side: it takes
 * over what the other side of this rollout has, and whatever else stands there keeps its share. Undefined where there is nothing to move.
 *
 * @example With a foreign destination, weights checkout 40, checkout-canary 50, legacy 10 become 90, 0, 10.
 */
export function evacuate(rule: HttpRule, target: RouteTarget, safe: Side): readonly DestinationWeight[] | undefined {
  const { namespace, stableService, canaryService } = target;
  const isOn = (service: string) => (entry: DestinationWeight) => isService(entry.destination.host, service, namespace);
  const [isSafe, isUnsafe] = safe === 'stable' ? [isOn(stableService), isOn(canaryService)] : [isOn(canaryService), isOn(stableService)];
  const moved = rule.route.filter(isUnsafe).reduce((sum, { weight = 0 }) => sum + weight, 0);
  const first = rule.route.find(isSafe);
  if (first === undefined || moved === 0) return undefined;
  return rule.route.map((entry) => {
    if (entry === first) return { ...entry, weight: (entry.weight ?? 0) + moved };
    return isUnsafe(entry) ? { ...entry, weight: 0 } : entry;
  });
}
