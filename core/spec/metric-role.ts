import * as z from 'zod/mini';
import { type BoundedHold, boundedHold } from './bounded-hold.ts';
import { duration } from './duration.ts';
import { positiveInt } from './names.ts';

/** What a metric's verdicts count for, from when on, and what is done where it cannot tell: the same for every kind of metric. */
export interface MetricRole {
  /** Whether a fail rolls back. Where it does not, it holds the step, as too little evidence does. */
  readonly critical: boolean;
  /** Judged and shown, never counted. */
  readonly dryRun: boolean;
  /** The first step that it judges, counted from 1 as people do. */
  readonly startingStep: number;
  /** So long after the canary got its first weight nothing is asked. */
  readonly initialDelaySeconds: number;
  /** Instead of the policies of the whole spec. */
  readonly noData?: BoundedHold;
  readonly sourceDown?: BoundedHold;
  /** What a fail does that does not roll back; as `noData` where it is left out. */
  readonly fail?: BoundedHold;
}

/** The keys that a metric of any kind may have beside its own. */
export const roleSource = {
  critical: z._default(z.boolean(), true).check(z.describe('false: a fail of this metric holds the step, and does not roll back')),
  dryRun: z._default(z.boolean(), false).check(z.describe('Judged and shown, but never counted: to try a metric out')),
  startingStep: z._default(positiveInt, 1).check(z.describe('The first step that it judges; 1 is the first of the rollout')),
  initialDelay: z.optional(
    duration.check(z.describe('Not asked for so long after the canary got its first weight; analysis.warmUp where it is left out')),
  ),
  noData: z.optional(boundedHold.check(z.describe('Where this metric has too little data to judge: instead of policies.noData'))),
  sourceDown: z.optional(boundedHold.check(z.describe('Where the source of this metric does not answer: instead of policies.sourceDown'))),
  fail: z.optional(
    boundedHold.check(z.describe('Beside critical: false, where this metric fails: instead of its noData. A hold of 0s: at once')),
  ),
};
const role = z.strictObject(roleSource);
type RoleSource = z.infer<typeof role>;

/** Where a metric says nothing of itself. */
export const usualRole: RoleSource = z.parse(role, {});

/** Still without what `analysis.warmUp` says of all metrics. */
export type DelayedRole = Omit<MetricRole, 'initialDelaySeconds'> & {
  readonly initialDelaySeconds: number | undefined;
  /** Where nothing is said: not before so long, however short the warm-up. */
  readonly leastDelaySeconds?: number;
};

export function toRole({ critical, dryRun, startingStep, initialDelay, noData, sourceDown, fail }: RoleSource): DelayedRole {
  return {
    critical,
    dryRun,
    startingStep,
    initialDelaySeconds: initialDelay,
    ...(noData === undefined ? {} : { noData }),
    ...(sourceDown === undefined ? {} : { sourceDown }),
    ...(fail === undefined ? {} : { fail }),
  };
}
