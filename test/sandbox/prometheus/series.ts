import { parseExposition } from '../../../sandbox/prometheus/exposition.ts';
import type { Labels } from '../../../sandbox/prometheus/labels.ts';
import { formatLabels } from '../../../sandbox/prometheus/labels.ts';
import { formatValue } from '../../../sandbox/prometheus/number-format.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';

/** A value per step; `undefined` is a scrape that did not bring the series. */
export type SeriesValues = readonly (number | 'stale' | undefined)[];

/** `up{job="a"}` as labels. */
export function labelsFrom(series: string): Labels {
  const parsed = parseExposition(`${series} 0`);
  const sample = parsed.ok ? parsed.samples[0] : undefined;
  if (sample === undefined) throw new Error(`${series} is no series`);
  return sample.labels;
}

/** `load` of Prometheus's own tests: a value each step, the first at 0. */
export function engineWith(stepMs: number, series: Readonly<Record<string, SeriesValues>>): QueryEngine {
  const store = new SeriesStore({ retentionMs: Number.MAX_SAFE_INTEGER });
  for (const [text, values] of Object.entries(series)) {
    for (const [index, value] of values.entries()) {
      if (value !== undefined) store.append(labelsFrom(text), index * stepMs, value);
    }
  }
  return new QueryEngine(store, { lookbackMs: 5 * 60_000 });
}

/** The answer as text: a number, or per series its labels and its value. */
export function ask(engine: QueryEngine, query: string, atMs: number): string | string[] {
  const { result } = engine.instant(query, atMs);
  switch (result.type) {
    case 'scalar':
      return formatValue(result.value);
    case 'string':
      return result.value;
    case 'vector':
      return result.samples.map(({ labels, value }) => `${formatLabels(labels)} ${formatValue(value)}`);
    case 'matrix':
      return result.series.map(
        ({ labels, points }) => `${formatLabels(labels)} ${points.map(({ value }) => formatValue(value)).join(' ')}`,
      );
  }
}

/** Where floating point leaves a rest: the value of the only sample. */
export function askNumber(engine: QueryEngine, query: string, atMs: number): number {
  const { result } = engine.instant(query, atMs);
  if (result.type === 'scalar') return result.value;
  const [only, ...others] = result.type === 'vector' ? result.samples : [];
  if (only === undefined || others.length > 0) throw new Error(`${query} does not answer one sample`);
  return only.value;
}

/** `count` values from `start` on, each `step` more than the one before. */
export function counting(start: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** What a counter shows that grows by these steps. */
export function runningTotals(steps: readonly number[]): number[] {
  return steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0));
}
