import { type Budget, budgetOf } from '../../spec/budget-spec.ts';
import { type Answers, type Block, sumOf } from './block.ts';
import type { Cost } from './comparison.ts';
import type { ExcessInterval } from './interval.ts';

export interface CostQuestion {
  readonly budget: Budget;
  /** The share of bad answers that counts as the baseline where stable is none. */
  readonly allowedAlone?: number | undefined;
  readonly isAlone: boolean;
  /** The canary's share of users' requests at this step; 0 where it gets copies. */
  readonly weight: number;
  /** At which steps the canary gets copies: they cost nobody anything, and tell what stable's baseline is. */
  readonly mirrored: ReadonlySet<number>;
  /** From a bad answer to the last one: an interval until it is counted, and what a rollback takes. */
  readonly lagSeconds: number;
  /** The step after this one, and how long it lasts at least. */
  readonly next?: { readonly weight: number; readonly seconds: number } | undefined;
  /** Of the canary's share over stable's. */
  readonly excess?: ExcessInterval | undefined;
  readonly requestsPerSecond: number;
}

/**
 * What was spent, what is under way, and what the next step could cost at most: the upper end of the excess, times the requests that the canary answers
 * there until somebody could have noticed.
 *
 * @example A canary at 5 % of 1,000 requests a second has answered 3,000 of them, 30 badly, stable 0.2 %: spent 24. Its excess is at most 1.4 %, so 30 s at
 *   25 % with a lag of 12 s cost at most 0.014 · 1,000 · 0.25 · 42 = 147.
 */
export function costOf(blocks: readonly Block[], question: CostQuestion): Cost {
  const { budget, weight, mirrored, lagSeconds, next, excess, requestsPerSecond } = question;
  const pooled = sumOf(blocks).stable;
  const above = (of: readonly Block[]) => Math.max(0, aboveBaseline(of, pooled, question));
  const ofUsers = blocks.filter(({ stepIndex }) => !mirrored.has(stepIndex));
  const step = ofUsers.filter(({ stepIndex }) => stepIndex === ofUsers.at(-1)?.stepIndex);
  const answered = sumOf(step).canary.all;
  const rate = answered === 0 ? 0 : above(step) / answered;
  const nextRequests = next === undefined ? 0 : requestsPerSecond * next.weight * (next.seconds + lagSeconds);
  return {
    spent: above(ofUsers),
    underWay: rate * requestsPerSecond * weight * lagSeconds,
    budget: budgetOf(budget, requestsPerSecond),
    ...(next === undefined || excess === undefined ? {} : { nextAtMost: Math.max(0, excess.high) * nextRequests }),
  };
}

/** Whether the next step's cost fits what is left. */
export function fitsBudget({ spent, budget, nextAtMost }: Cost): boolean {
  return nextAtMost !== undefined && spent + nextAtMost <= budget;
}

/**
 * Stable's share of the same block, so that what both suffer costs the canary nothing; where stable answered nothing, what it did in all of the rollout.
 *
 * @param pooled What stable answered at all steps.
 */
function aboveBaseline(blocks: readonly Block[], pooled: Answers, { isAlone, allowedAlone = 0 }: CostQuestion): number {
  const baseline = (stable: Answers) =>
    stable.all > 0 ? stable.bad / stable.all : pooled.all > 0 ? pooled.bad / pooled.all : allowedAlone;
  return blocks.reduce((sum, { canary, stable }) => sum + canary.bad - (isAlone ? allowedAlone : baseline(stable)) * canary.all, 0);
}
