import * as z from 'zod/mini';
import { duration } from './duration.ts';
import { positiveInt } from './names.ts';
import { percentage } from './percentage.ts';

/** So many bad answers above baseline a rollout may cost: a number, or what a part of an SLO's error budget comes to at the traffic that is counted. */
export type Budget =
  | { readonly badAnswers: number }
  | { readonly share: number; readonly objective: number; readonly windowSeconds: number };

export const budget = z.pipe(
  z.union(
    [
      positiveInt,
      z.strictObject({
        share: percentage.check(
          z.refine((share) => share > 0, { error: 'a share above 0%: without a budget the first bad answer would be one too many' }),
          z.describe("Which part of the objective's error budget one rollout may spend"),
        ),
        objective: percentage.check(
          z.refine((objective) => objective < 1, { error: 'an objective below 100%: at 100% there is no error budget' }),
          z.describe("The service's objective, the share of good answers: 99.9%"),
        ),
        window: z._default(duration, 30 * 86_400).check(
          z.refine((seconds) => seconds > 0, { error: 'a time above 0' }),
          z.describe('Over which time the objective holds: 30d'),
        ),
      }),
    ],
    { error: 'a number of bad answers, or a share of an error budget: { share: 2%, objective: 99.9% }' },
  ),
  z.transform(
    (of): Budget => (typeof of === 'number' ? { badAnswers: of } : { share: of.share, objective: of.objective, windowSeconds: of.window }),
  ),
);

/**
 * The budget as a number of bad answers.
 *
 * @param requestsPerSecond Of the whole service, stable and canary together.
 * @example budgetOf({ share: 0.02, objective: 0.999, windowSeconds: 2_592_000 }, 100) // 5,184: 2 % of the 0.1 % of 259,200,000 requests in 30 days
 */
export function budgetOf(of: Budget, requestsPerSecond: number): number {
  return 'badAnswers' in of ? of.badAnswers : of.share * (1 - of.objective) * requestsPerSecond * of.windowSeconds;
}
