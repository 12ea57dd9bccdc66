import type { Labels } from '../labels.ts';
import type { Point } from '../series-store.ts';

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** When it was scraped: on what a selector answers, for timestamp(). */
  readonly atMs?: number;
}

export interface RangeSeries {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly Sample[] }
  | { readonly type: 'matrix'; readonly series: readonly RangeSeries[]; readonly fromMs: number; readonly toMs: number };

export type ValueType = Value['type'];

/** How Prometheus names types in its messages. */
export const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

export function scalar(value: number): Value {
  return { type: 'scalar', value };
}

export function vector(samples: readonly Sample[]): Value {
  return { type: 'vector', samples };
}
