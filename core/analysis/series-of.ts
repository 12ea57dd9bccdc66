import type { CloudWatchQuestion, CloudWatchSeries } from '../metric-ports.ts';

/** A metric that a question names, with its id where an expression gives it one. */
export interface NamedSeries {
  readonly series: CloudWatchSeries;
  readonly id?: string;
}

/** All metrics that a question names. */
export function seriesOf(asks: CloudWatchQuestion): readonly NamedSeries[] {
  switch (asks.kind) {
    case 'metric':
    case 'count':
      return [{ series: asks.metric }];
    case 'expression':
      return Object.entries(asks.metrics).map(([id, series]) => ({ id, series }));
    case 'share':
      return [...asks.counted, asks.of].map((series) => ({ series }));
  }
}

/** The same question with a change to the values of its dimensions. */
export function withValues(asks: CloudWatchQuestion, change: (value: string) => string): CloudWatchQuestion {
  const changed = (series: CloudWatchSeries): CloudWatchSeries => ({
    ...series,
    dimensions: Object.fromEntries(Object.entries(series.dimensions).map(([name, value]) => [name, change(value)])),
  });
  switch (asks.kind) {
    case 'metric':
    case 'count':
      return { ...asks, metric: changed(asks.metric) };
    case 'expression':
      return { ...asks, metrics: Object.fromEntries(Object.entries(asks.metrics).map(([id, series]) => [id, changed(series)])) };
    case 'share':
      return { ...asks, counted: asks.counted.map(changed), of: changed(asks.of) };
  }
}
