import type { LatencyCell, LatencyService } from './latency/measure-latency.ts';
import type { DoubtCell } from './measure-doubt.ts';
import type { FullWeightCell } from './measure-full-weight.ts';
import type { Cell, Service, Settings } from './measure-service.ts';

/** What one run has measured: what `--json` writes, and `--from` reads. */
export interface JudgeRun {
  readonly settings: Settings;
  readonly cells: readonly Cell[];
  readonly doubt: readonly DoubtCell[];
  readonly fullWeight: readonly FullWeightCell[];
  readonly latency: readonly LatencyCell[];
}

/** A service of one part of the bench, for a worker to measure. */
export type Job =
  | { readonly part: 'shares'; readonly service: Service }
  | { readonly part: 'doubt'; readonly service: Service }
  | { readonly part: 'fullWeight'; readonly service: Service }
  | { readonly part: 'latency'; readonly service: LatencyService };

export const parts = ['shares', 'doubt', 'fullWeight', 'latency'] as const;
export type Part = (typeof parts)[number];

export type Measured =
  | { readonly part: 'shares'; readonly cells: readonly Cell[] }
  | { readonly part: 'doubt'; readonly cells: readonly DoubtCell[] }
  | { readonly part: 'fullWeight'; readonly cells: readonly FullWeightCell[] }
  | { readonly part: 'latency'; readonly cells: readonly LatencyCell[] };
