import * as z from 'zod/mini';
import { stored } from '../../rollout/stored.ts';

const answers = stored({ all: z.number(), bad: z.number() });

/** What the canary has cost its users, in bad answers above the baseline. */
export const cost = stored({
  spent: z.number(),
  /** What it would cost on top before all traffic were back, at the rate of this step. */
  underWay: z.number(),
  budget: z.number(),
  /** What the next step may cost, at most, before it is judged; absent where there is none, or nobody can tell. */
  nextAtMost: z.optional(z.number()),
});
export type Cost = z.infer<typeof cost>;

/** The figures of a verdict's sentence, for those who want to reckon with them. Shares are parts of 1. */
export const comparison = stored({
  canary: answers,
  /** The baseline: what stable answered in the same blocks. Nothing where the canary is judged alone from the first step on. */
  stable: answers,
  /** The share of bad answers up to which the canary is within its margin, or its objective. */
  allowedShare: z.number(),
  /** By how much the canary's share exceeds stable's, with 95 % at any time; absent where nothing of both was counted. */
  excess: z.optional(stored({ low: z.number(), high: z.number() })),
  /** By how much more the bad answers scatter than independent ones would. */
  dispersion: z.number(),
  /** How many more requests to the canary would show one that is worse by twice the margin; absent where no number would. */
  requestsStillNeeded: z.optional(z.number()),
  /** For how long was counted. */
  windowSeconds: z.number(),
  /** Where the rollout has a budget. */
  cost: z.optional(cost),
});
export type Comparison = z.infer<typeof comparison>;
