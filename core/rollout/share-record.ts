import * as z from 'zod/mini';
import { stored } from './stored.ts';

/** What is known of the canary's share of the requests since the step's weight was verified: kept with the watch of the step. */
export const shareWatch = stored({
  /** When the weight was read back from the routes. */
  setAtMs: z.number(),
  state: z.enum(['measuring', 'agrees', 'differs', 'unmeasured']),
  why: z.string(),
  /** Which of the series that may count requests do. */
  view: z.optional(z.string()),
  /** Requests up to here have been counted, or precede the count. */
  countedUntilMs: z.optional(z.number()),
  stable: z.optional(z.number()),
  canary: z.optional(z.number()),
  /** When the share was first found to be a wrong one. */
  differsSinceMs: z.optional(z.number()),
  /** When it was found so once more, by other requests. */
  differsAgainAtMs: z.optional(z.number()),
});
export type ShareWatch = z.infer<typeof shareWatch>;
