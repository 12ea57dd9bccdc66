import * as z from 'zod/mini';
import { judgedDatapoint } from '../analysis/judge-datapoint.ts';
import { metricTally } from '../analysis/judge-metric.ts';
import { verdict } from '../analysis/verdict.ts';
import { side, split } from '../traffic/split.ts';
import { answerCount } from './answer-count.ts';
import { shareWatch } from './share-record.ts';
import { stored } from './stored.ts';

/**
 * The documents that a rollout leaves in the store. Parsed on every read, so that an old or damaged one is noticed; fields that a newer
 * version has added are kept (`stored`).
 */

export const phase = z.enum(['pending', 'progressing', 'paused', 'promoting', 'succeeded', 'rollingBack', 'rolledBack', 'failed']);
export type Phase = z.infer<typeof phase>;

/** Phases in which nothing moves any more. `failed` keeps the lock: a rollback that could not be verified needs a person. */
export const endedPhases: readonly Phase[] = ['succeeded', 'rolledBack', 'failed'];

export const rollbackReason = z.enum(['alarm', 'analysis', 'inconclusive', 'abort', 'timeout', 'error', 'superseded', 'drift']);
export type RollbackReason = z.infer<typeof rollbackReason>;

/** Who or what started, stopped or resumed a rollout. */
export const actor = stored({ kind: z.enum(['push', 'person', 'alarm', 'sweep', 'sluice']), id: z.string() });
export type Actor = z.infer<typeof actor>;

/** When verdicts of a kind would have begun without a pass or another kind in between: the clock of each stands still for the others. */
const silence = {
  inconclusiveSinceMs: z.optional(z.number()),
  unavailableSinceMs: z.optional(z.number()),
  /** Unavailable because a source throttles: not down. */
  throttledSinceMs: z.optional(z.number()),
};
const silenceClocks = stored(silence);
export type SilenceClocks = z.infer<typeof silenceClocks>;

/** How the present step is watched. It is begun anew with each step. */
export const watch = stored({
  stepIndex: z.int(),
  /** When the step's weight was verified. */
  startedAtMs: z.number(),
  /** How long the step has been watched with a pass at both ends: the bake counts only time with evidence (J4). */
  bakedMs: z.number(),
  /** When the last verdict was given, whatever it was; while the canary warms up, when that ends. */
  observedAtMs: z.optional(z.number()),
  /** When the last verdict was given, if it was a pass. */
  passedAtMs: z.optional(z.number()),
  /** Of the whole analysis. */
  ...silence,
  /** Of each part of it that has not passed last, by name: a hold of a metric's own begins with that metric's silence. */
  silences: z.optional(z.record(z.string(), silenceClocks)),
  pausedSinceMs: z.optional(z.number()),
  /** When a pod of the canary was first seen to crash, of those crashes after which the step has not baked yet. */
  crashedSinceMs: z.optional(z.number()),
  /** How often containers of the canary's pods had been restarted at the last look. */
  restarts: z.optional(z.int()),
  /** Whether the canary gets its share of the requests, where that is measured. */
  share: z.optional(shareWatch),
});
export type Watch = z.infer<typeof watch>;

/** What the last analysis of the step came to. */
export const analysisResult = stored({
  atMs: z.number(),
  overall: verdict,
  verdicts: z.array(verdict),
  /** What somebody else changed, where something was. */
  drift: z.optional(z.string()),
  /** A pod of the canary does not stay up. */
  crashed: z.optional(z.boolean()),
  /** Until when no metric is asked, because the canary warms up. */
  warmsUpUntilMs: z.optional(z.number()),
  /** How often containers of the canary's pods have been restarted, where the cluster says. */
  restarts: z.optional(z.int()),
});
export type AnalysisResult = z.infer<typeof analysisResult>;

/** What was pinned for the time of the rollout, and what it was before (T7). */
export const autoscalerPin = stored({ name: z.string(), minReplicas: z.int(), pinnedTo: z.int() });
export type AutoscalerPin = z.infer<typeof autoscalerPin>;

export const image = stored({
  repository: z.string(),
  digest: z.string(),
  tag: z.optional(z.string()),
  pushedAtMs: z.number(),
});
export type Image = z.infer<typeof image>;

/** The reference to put into a manifest: by digest, so that it always means the same bytes. */
export function imageReference(of: Pick<Image, 'repository' | 'digest'>): string {
  return `${of.repository}@${of.digest}`;
}

export const clusterEndpoint = stored({ name: z.string(), endpoint: z.string(), certificateAuthority: z.string() });

export const operatorRequest = stored({
  action: z.enum(['pause', 'resume', 'promote']),
  by: z.string(),
  why: z.string(),
  atMs: z.number(),
});
export type OperatorRequest = z.infer<typeof operatorRequest>;

export const rolloutRecord = stored({
  rolloutId: z.string(),
  rollout: z.string(),
  fence: z.int(),
  phase,
  /** The spec as it stood in the file when the rollout began. */
  spec: z.record(z.string(), z.unknown()),
  specVersion: z.int(),
  image,
  executionArn: z.string(),
  actor,
  cluster: clusterEndpoint,
  stableImage: z.string(),
  stableReplicas: z.int(),
  /** How many of stable's pods were ready when they were pinned, before the first weight: what all traffic can return to (T7). */
  stableReady: z.optional(z.int()),
  startedAtMs: z.number(),
  endedAtMs: z.optional(z.number()),
  stepIndex: z.int(),
  /** What the routes should say now. */
  split,
  /** The side that a door sends everything to, unless it has no ready endpoint. */
  safeSide: side,
  /** When stable's image was about to be written for the first time. */
  pointOfNoReturnAtMs: z.optional(z.number()),
  /** The image that stable is to run in the end, once it is being written. */
  stableGoal: z.optional(z.string()),
  pins: z.array(autoscalerPin),
  /** When the canary got its first weight, or its first copies. */
  trafficSinceMs: z.optional(z.number()),
  watch: z.optional(watch),
  analysis: z.optional(analysisResult),
  tallies: z.record(z.string(), metricTally),
  /** What CloudWatch answered last, for each metric that it answers. */
  datapoints: z.optional(z.record(z.string(), judgedDatapoint)),
  /** What was counted of both sides' answers, for each metric that compares them. */
  answers: z.optional(z.record(z.string(), answerCount)),
  /** Until when another canary may have answered under the same names: measurements that look back so far are not of this one. */
  otherCanaryUntilMs: z.optional(z.number()),
  ignoredAlarms: z.array(z.string()),
  ignoredAlerts: z.optional(z.array(z.string())),
  /** How often an outside edit was put right; bounded, so that nobody fights for ever (T6). */
  restores: z.int(),
  request: z.optional(operatorRequest),
  rollbackReason: z.optional(rollbackReason),
  reason: z.optional(z.string()),
  rollbackActor: z.optional(actor),
  /** The fence that the door raised: it names the rollback machine's execution, which may have had to go beyond it since. */
  rollbackFence: z.optional(z.int()),
  /** The fence under which the promotion began, and which it raised by one before it wrote stable. */
  promotionFence: z.optional(z.int()),
  /** The fence under which the canary's removal began, and which it raised by one before it took anything away. */
  removalFence: z.optional(z.int()),
  rollbackAttempt: z.int(),
  /** Until when traffic returns in steps, once it does. */
  returnUntilMs: z.optional(z.number()),
  /** So many rollouts were under way when it began that no Lambda waits from one of its looks to the next. */
  isCrowded: z.optional(z.boolean()),
  /** When the API server last did not answer this rollout: what changes then, its mesh learns late (T8). */
  clusterAwayAtMs: z.optional(z.number()),
});
export type RolloutRecord = z.infer<typeof rolloutRecord>;

/** One per service (O1). It outlives rollouts, so that the fence never falls back. */
export const lock = stored({
  rollout: z.string(),
  fence: z.int(),
  /** The rollout that holds the service, or empty. */
  rolloutId: z.string(),
  leaseUntilMs: z.number(),
  /** The rollout that held it before, once that has ended. */
  lastRolloutId: z.optional(z.string()),
  /** Until when the canary of the rollout before may have answered requests. */
  lastCanaryUntilMs: z.optional(z.number()),
  /** The newest image that waits for its turn. */
  waiting: z.optional(stored({ digest: z.string(), executionArn: z.string(), pushedAtMs: z.number() })),
});
export type Lock = z.infer<typeof lock>;

/** One line of a rollout's history: what changed, why, and on which numbers (P2). */
export const historyEntry = stored({
  atMs: z.number(),
  rolloutId: z.string(),
  what: z.string(),
  phase,
  stepIndex: z.int(),
  weight: z.int(),
  reason: z.string(),
  verdicts: z.optional(z.array(verdict)),
  actor: z.optional(actor),
});
export type HistoryEntry = z.infer<typeof historyEntry>;
