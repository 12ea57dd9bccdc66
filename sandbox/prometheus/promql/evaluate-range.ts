import { labelsKey } from '../labels.ts';
import type { Point } from '../series-store.ts';
import { type EvaluationContext, evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import type { RangeSeries, Sample, Value } from './value.ts';

export interface Steps {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/**
 * Evaluates a query once a step, first and last included, and collects the answers by series, ordered by their labels.
 *
 * @throws QueryError (execution), as `evaluate` does.
 */
export function evaluateRange(expression: Expression, { startMs, endMs, stepMs }: Steps, context: EvaluationContext): RangeSeries[] {
  const byKey = new Map<string, { readonly labels: RangeSeries['labels']; readonly points: Point[] }>();
  for (let atMs = startMs; atMs <= endMs; atMs += stepMs) {
    for (const { labels, value } of samplesOf(evaluate(expression, { ...context, atMs }))) {
      const key = labelsKey(labels);
      const series = byKey.get(key) ?? { labels, points: [] };
      series.points.push({ atMs, value });
      byKey.set(key, series);
    }
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
}

function samplesOf(value: Value): readonly Sample[] {
  if (value.type === 'scalar') return [{ labels: {}, value: value.value }];
  return value.type === 'vector' ? value.samples : [];
}
