import type { RouteTarget } from '../../../core/ports.ts';
import type { Split } from '../../../core/traffic/split.ts';
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
 * never in the route is not added in order to give it 0.
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
    route.push({ ...stable, destination: { ...stable.destination, host }, weight: split.canary });
  }
  const now = splitOf(rule, target);
  const explicit = rule.route.every((entry) => entry.weight !== undefined);
  return { route, changed: canary === undefined || !explicit || now.stable !== split.stable || now.canary !== split.canary };
}

/**
 * The rule's destinations without the canary. `before` is what they were when the rollout claimed the route: given back as it was,
 * so that a single destination without a weight is one again (T5), unless somebody changed stable's entry meanwhile.
 */
export function withoutCanary(
  rule: HttpRule,
  target: RouteTarget,
  before: readonly DestinationWeight[] | undefined,
): readonly DestinationWeight[] {
  const stable = rule.route.filter(({ destination }) => isService(destination.host, target.stableService, target.namespace));
  const stableBefore = before?.find(({ destination }) => isService(destination.host, target.stableService, target.namespace));
  if (before !== undefined && sameButWeight(stable[0], stableBefore)) return before;
  return stable.map((entry) => ({ ...entry, weight: target.totalWeight }));
}

function sameButWeight(a: DestinationWeight | undefined, b: DestinationWeight | undefined): boolean {
  return JSON.stringify({ ...a, weight: 0 }, sortedKeys(a)) === JSON.stringify({ ...b, weight: 0 }, sortedKeys(b));
}

/** JSON.stringify's own way to fix an order: the names of all keys, at any depth. */
function sortedKeys(value: unknown): string[] {
  const keys = new Set<string>(['weight']);
  JSON.stringify(value ?? {}, (key, inner: unknown) => {
    keys.add(key);
    return inner;
  });
  return [...keys].sort();
}
