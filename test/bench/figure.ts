import type { Statistic } from './statistics.ts';

/** What a reading is held against. */
export interface Target {
  readonly atMost: number;
  /** Which statistic of the samples must not exceed it. */
  readonly of: Statistic;
}

/** One number of the bench, with all its samples. */
export interface Reading {
  readonly what: string;
  readonly unit: 'ms' | 'KB' | '$' | 'transitions' | 'times' | 'units' | 'calls';
  readonly samples: readonly number[];
  /** The least that anybody could reach, measured in the same run. */
  readonly floor?: readonly number[];
  /** Left out where the reading only explains another one. */
  readonly target?: Target;
}

export interface FigureResult {
  readonly readings: readonly Reading[];
  /** What the readings consist of and assume, as whole lines. */
  readonly notes: readonly string[];
}

export interface MeasureOptions {
  /** How often a latency is measured. */
  readonly samples: number;
}

/** One figure of the bench: a file of its own, found by its name. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  measure(options: MeasureOptions): Promise<FigureResult>;
}
