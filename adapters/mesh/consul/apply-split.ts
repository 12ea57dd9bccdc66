import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget } from '../../../core/ports.ts';
import { fromPair, withinPair } from '../../../core/traffic/pair-share.ts';
import type { Side, Split } from '../../../core/traffic/split.ts';
import { hundredths, type Pair, type ServiceSplit, subsetsOf } from './splitter.ts';

/** All weights of a splitter together, in hundredths. */
const whole = 10_000;

/** What the two subsets share now, in units of the target's totalWeight. */
export function splitOf({ stable, canary }: Pair, target: RouteTarget): Split {
  return fromPair({ stable: hundredths(stable.weight ?? 0), canary: hundredths(canary?.weight ?? 0) }, target.totalWeight);
}

/**
 * The splits at which stable and canary share what others leave them: stable's, and behind it the canary's, which is made from stable's where
 * there is none yet, so that headers and unknown fields are the same for both. Both weights are written out, 0 too. A canary that was never in
 * the splitter is not added in order to give it 0.
 *
 * Undefined where no weights of two decimals say it, or where they would not add up to 100 in the 32-bit numbers by which consul-k8s adds them.
 *
 * @example splits [{ weight: 100, serviceSubset: 'stable' }] at { stable: 95, canary: 5 } become
 *   [{ weight: 95, serviceSubset: 'stable' }, { weight: 5, serviceSubset: 'canary' }]
 * @example Beside a split of another service with weight 50, the same split is 47.5 and 2.5.
 */
export function applySplit(pair: Pair, target: RouteTarget, split: Split): readonly ServiceSplit[] | undefined {
  if (pair.canary === undefined && split.canary === 0) return pair.splits;
  const share = withinPair(split, target.totalWeight, whole - pair.foreignHundredths);
  if (share === undefined || share.stable + share.canary <= 0) return undefined;
  const canary = { ...(pair.canary ?? { ...pair.stable, serviceSubset: subsetsOf(target).canary }), weight: share.canary / 100 };
  const splits = pair.splits.flatMap((entry): ServiceSplit[] => {
    if (entry === pair.stable) return [{ ...entry, weight: share.stable / 100 }, ...(pair.canary === undefined ? [canary] : [])];
    return entry === pair.canary ? [canary] : [entry];
  });
  return addsUp(splits) ? splits : undefined;
}

/** @throws RouteRejectedError in place of what applySplit cannot say. */
export function inexpressible(name: string, { foreignHundredths }: Pair, target: RouteTarget, { canary }: Split): RouteRejectedError {
  const left = (whole - foreignHundredths) / 100;
  if (left <= 0) {
    return new RouteRejectedError(`${name} gives everything to other splits, and nothing to stable.`, {
      remedy: `Leave the subset ${subsetsOf(target).stable} a weight: what it has is what stable and canary share.`,
    });
  }
  return new RouteRejectedError(
    `${name} leaves stable and canary ${left} of 100, and ${canary} of ${target.totalWeight} of that is no weight of two decimals.`,
    { remedy: 'Change the weights of the other splits to whole numbers, or the weights of the steps.' },
  );
}

/**
 * The splits without what the rollout made. `before` is the canary's split when the rollout claimed the splitter, if it was there: its subset
 * stays defined when the canary is gone, so it stays too, with nothing to do. A weight that it had then is never given back (T3).
 */
export function withoutCanary(pair: Pair, before: ServiceSplit | undefined): readonly ServiceSplit[] {
  const weight = Math.max(0, whole - pair.foreignHundredths) / 100;
  const splits = pair.splits.map((entry) => (entry === pair.stable && weight !== (entry.weight ?? 0) ? { ...entry, weight } : entry));
  if (pair.canary === undefined) return splits;
  if (before === undefined) return splits.filter((entry) => entry !== pair.canary);
  const { weight: _, ...rest } = pair.canary;
  return splits.map((entry) => (entry === pair.canary ? { ...rest, ...(before.weight === undefined ? {} : { weight: 0 }) } : entry));
}

/**
 * The splits of a splitter that cannot be steered any more, because somebody changed it during the rollout, at the safe side: it takes over what
 * the other side has, and whatever else stands there keeps its share. Where the safe side was taken out, the other's split becomes its. Undefined
 * where there is nothing to move.
 */
export function evacuate(
  splits: readonly ServiceSplit[],
  isOn: (side: Side) => (split: ServiceSplit) => boolean,
  safe: Side,
  serviceSubset: string,
): readonly ServiceSplit[] | undefined {
  const isUnsafe = isOn(safe === 'stable' ? 'canary' : 'stable');
  const moved = splits.filter(isUnsafe).reduce((sum, { weight = 0 }) => sum + hundredths(weight), 0);
  const first = splits.find(isOn(safe));
  if (moved === 0) return undefined;
  if (first === undefined) return splits.map((entry) => (isUnsafe(entry) ? { ...entry, serviceSubset } : entry));
  return splits.map((entry) => {
    if (entry === first) return { ...entry, weight: (hundredths(entry.weight ?? 0) + moved) / 100 };
    return isUnsafe(entry) ? { ...entry, weight: 0 } : entry;
  });
}

/** consul-k8s and Consul add the weights as 32-bit floats, in their order, and refuse what is not 100: servicesplitter_types.go, validate. */
function addsUp(splits: readonly ServiceSplit[]): boolean {
  return splits.reduce((sum, { weight = 0 }) => Math.fround(sum + Math.fround(weight)), 0) === 100;
}
