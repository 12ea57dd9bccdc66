import { withoutName } from '../labels.ts';
import type { Point } from '../series-store.ts';
import { growth, instantGrowth, type Range } from './rate.ts';
import { compensatedSum, largest, mean, smallest } from './sum.ts';
import type { Sample, Value } from './value.ts';

/** What a function makes of the samples of one series; undefined where they are too few. */
type RangeFunction = (range: Range) => number | undefined;

function overValues(of: (values: readonly number[]) => number): RangeFunction {
  return ({ points }) => of(points.map(({ value }) => value));
}

function lastValue(points: readonly Point[]): number | undefined {
  return points.at(-1)?.value;
}

function perSecond({ fromMs, toMs }: Range, total: number | undefined): number | undefined {
  return total === undefined ? undefined : total / ((toMs - fromMs) / 1000);
}

const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map(
  Object.entries<RangeFunction>({
    rate: (range) => perSecond(range, growth(range, true)),
    increase: (range) => growth(range, true),
    delta: (range) => growth(range, false),
    irate: ({ points }) => instantGrowth(points, true),
    idelta: ({ points }) => instantGrowth(points, false),
    avg_over_time: overValues(mean),
    min_over_time: overValues(smallest),
    max_over_time: overValues(largest),
    sum_over_time: overValues(compensatedSum),
    count_over_time: overValues((values) => values.length),
    last_over_time: ({ points }) => lastValue(points),
  }),
);

/** Applies a function to each series of a range; undefined where it is none of ranges. The name is kept by last_over_time only. */
export function applyToRange(name: string, argument: Value | undefined): Sample[] | undefined {
  const of = rangeFunctions.get(name);
  if (of === undefined || argument?.type !== 'matrix') return undefined;
  const { fromMs, toMs } = argument;
  return argument.series.flatMap(({ labels, points }) => {
    const value = of({ points, fromMs, toMs });
    return value === undefined ? [] : [{ labels: name === 'last_over_time' ? labels : withoutName(labels), value }];
  });
}
