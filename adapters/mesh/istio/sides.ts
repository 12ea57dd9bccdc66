import type { RouteTarget } from '../../../core/ports.ts';
import type { Side } from '../../../core/traffic/split.ts';
import { type DestinationWeight, type Fields, isService, type Rule } from './virtual-service.ts';

/** Which destinations of a rule are which side of a rollout: two Services, or two subsets of one host. */
export interface Sides {
  isStable(entry: Pick<DestinationWeight, 'destination'>): boolean;
  isCanary(entry: Pick<DestinationWeight, 'destination'>): boolean;
  /**
   * The canary's destination, made from stable's, so that its port and unknown fields are the same. Between Services, a subset is not copied:
   * no DestinationRule gives the canary's host one, so requests to it would be answered 503.
   */
  canaryOf(stable: DestinationWeight['destination']): DestinationWeight['destination'];
  /** The other way round, where somebody took stable's destination away. */
  stableOf(canary: DestinationWeight['destination']): DestinationWeight['destination'];
  /** What a destination of that side looks like, for a message. */
  nameOf(side: Side): string;
}

export function sidesOf({ namespace, stableService, canaryService, subsets }: RouteTarget): Sides {
  if (subsets === undefined) {
    return {
      isStable: ({ destination }) => isService(destination.host, stableService, namespace),
      isCanary: ({ destination }) => isService(destination.host, canaryService, namespace),
      canaryOf: ({ subset: _, ...stable }) => ({ ...stable, host: stable.host.replace(stableService, canaryService) }),
      stableOf: ({ subset: _, ...canary }) => ({ ...canary, host: canary.host.replace(canaryService, stableService) }),
      nameOf: (side) => (side === 'stable' ? stableService : canaryService),
    };
  }
  const isSubset =
    (wanted: string): Sides['isStable'] =>
    ({ destination: { host, subset } }) =>
      subset === wanted && isService(host, subsets.host, namespace);
  return {
    isStable: isSubset(subsets.stable),
    isCanary: isSubset(subsets.canary),
    canaryOf: (stable) => ({ ...stable, subset: subsets.canary }),
    stableOf: (canary) => ({ ...canary, subset: subsets.stable }),
    nameOf: (side) => `${subsets.host} (subset ${subsets[side]})`,
  };
}

/** What a rule's destinations are to a rollout. */
export interface Parts {
  readonly stable: readonly DestinationWeight[];
  readonly canary: readonly DestinationWeight[];
  /** Backends of others, which share the rule and keep their weight. */
  readonly others: readonly DestinationWeight[];
}

export function partsOf({ route }: Pick<Rule, 'route'>, target: RouteTarget): Parts {
  const { isStable, isCanary } = sidesOf(target);
  return {
    stable: route.filter(isStable),
    canary: route.filter(isCanary),
    others: route.filter((entry) => !isStable(entry) && !isCanary(entry)),
  };
}

/** One destination that leads to a side, without a weight, since it is to be the only one. */
export function onlyTo(side: Side, { route }: Pick<Rule, 'route'>, target: RouteTarget): Fields {
  const { isStable, isCanary, canaryOf } = sidesOf(target);
  const stable = route.find(isStable);
  const found = side === 'stable' ? stable : route.find(isCanary);
  const { weight: _, ...entry } = found ?? { ...stable, destination: canaryOf(stable?.destination ?? { host: target.stableService }) };
  return entry;
}
