import type { Budget } from '../../spec/budget-spec.ts';
import type { Block } from './block.ts';
import type { PriorDispersion } from './dispersion.ts';
import type { Margin } from './margin.ts';

/** What a spec asks of one proportion: of requests that fail, or that take longer than an edge. */
export interface ProportionQuestion {
  readonly name: string;
  /** What a bad answer did: `failed`, `took longer than 200 ms`. */
  readonly badMeans: string;
  readonly margin: Margin;
  /** The share of bad answers that the service may have, whatever stable has: what the canary is judged by where nothing of stable answers beside it. */
  readonly allowedAlone?: number | undefined;
  /** Whether stable is no baseline at all. */
  readonly isAlone: boolean;
  /** How often a canary within its margin may fail in a whole rollout, however long it is and however often it is judged. */
  readonly falseAlarmLevel: number;
  /** How many answers of the canary a step needs at least before it passes. */
  readonly requests: number;
  /** What the rollout may cost, where that is bounded. */
  readonly budget?: Budget | undefined;
}

/** What was counted so far, and where the rollout stands. */
export interface ProportionState {
  readonly blocks: readonly Block[];
  readonly prior: PriorDispersion;
  readonly stepIndex: number;
  readonly stepCount: number;
  /** The canary's share of the requests at this step, answered or copied. */
  readonly weight: number;
  /** For how long was counted. */
  readonly windowSeconds: number;
  /** How long it takes from a bad answer to the last one. */
  readonly lagSeconds: number;
  /** At which steps the canary gets copies, whose answers nobody sees. */
  readonly mirrored: ReadonlySet<number>;
  /** The step after this one: the canary's share there, and how long it lasts at least. */
  readonly next?: { readonly weight: number; readonly seconds: number } | undefined;
  /** For how long no answer of the canary has been counted. */
  readonly silentSeconds: number;
}
