import { type Labels, labelsKey, metricName, onlyLabels, withoutLabels } from '../labels.ts';
import { formatValue } from '../number-format.ts';
import type { Aggregate, AggregateOperator, Grouping } from './expression.ts';
import type { CallContext } from './functions.ts';
import { QueryError } from './query-error.ts';
import { compensatedSum, largest, mean, smallest } from './sum.ts';
import type { Sample } from './value.ts';

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

/**
 * Aggregates a vector into one sample a group, or for topk and bottomk into the first ones of each group, in their order.
 *
 * @param parameter The k of topk and bottomk, the quantile of quantile.
 * @throws QueryError (execution) for a k that is NaN.
 */
export function aggregate(
  { op, grouping }: Aggregate,
  samples: readonly Sample[],
  parameter: number | undefined,
  context: CallContext,
): Sample[] {
  const groups = groupBy(grouping, samples);
  if (op === 'topk' || op === 'bottomk') {
    const count = countOf(parameter ?? 0);
    return groups.flatMap((group) => group.samples.toSorted((a, b) => compare(op, a.value, b.value)).slice(0, count));
  }
  if (op === 'quantile' && !(parameter !== undefined && parameter >= 0 && parameter <= 1)) {
    context.warn(`PromQL warning: quantile value should be between 0 and 1, got ${formatValue(parameter ?? Number.NaN)}`);
  }
  return groups.map(({ labels, samples: members }) => {
    const values = members.map(({ value }) => value);
    return { labels, value: combine(op, values, parameter ?? Number.NaN) };
  });
}

function groupBy(grouping: Grouping, samples: readonly Sample[]): Group[] {
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const labels = grouping.without
      ? withoutLabels(sample.labels, [...grouping.labels, metricName])
      : onlyLabels(sample.labels, grouping.labels);
    const key = labelsKey(labels);
    const group = groups.get(key) ?? { labels, samples: [] };
    group.samples.push(sample);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function combine(op: Exclude<AggregateOperator, 'topk' | 'bottomk'>, values: readonly number[], parameter: number): number {
  switch (op) {
    case 'sum':
      return compensatedSum(values);
    case 'avg':
      return mean(values);
    case 'min':
      return smallest(values);
    case 'max':
      return largest(values);
    case 'count':
      return values.length;
    case 'group':
      return 1;
    case 'quantile':
      return quantileOf(parameter, values);
  }
}

/** The rank lies between the values, the lowest at 0 and the highest at 1; NaN counts as lower than all numbers. */
function quantileOf(quantile: number, values: readonly number[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const sorted = values.toSorted((a, b) =>
    Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(b)) - Number(Number.isNaN(a)) : a - b || 0,
  );
  const rank = quantile * (sorted.length - 1);
  const lower = Math.floor(rank);
  const weight = rank - lower;
  const low = sorted[lower] ?? Number.NaN;
  return low * (1 - weight) + (sorted[Math.min(sorted.length - 1, lower + 1)] ?? low) * weight;
}

/** Largest first for topk, smallest first for bottomk, NaN last for both. */
function compare(op: 'topk' | 'bottomk', a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return (op === 'topk' ? b - a : a - b) || 0;
}

function countOf(parameter: number): number {
  if (Number.isNaN(parameter)) throw new QueryError('execution', 'Parameter value is NaN');
  if (parameter >= 2 ** 63) throw new QueryError('execution', `Scalar value ${formatValue(parameter)} overflows int64`);
  if (parameter <= -(2 ** 63)) throw new QueryError('execution', `Scalar value ${formatValue(parameter)} underflows int64`);
  return Math.max(0, Math.trunc(parameter));
}
