import * as z from 'zod/mini';
import { verdict } from '../../core/analysis/verdict.ts';
import type { Clock } from '../../core/ports.ts';
import { actor, type HistoryEntry, phase, rollbackReason } from '../../core/rollout/record.ts';

/** What the command asks of a controller, on AWS or in the sandbox. The schemas stand here because a sandbox answers by HTTP. */

export const applyRequest = z.strictObject({ file: z.string(), text: z.string() });
export type ApplyRequest = z.infer<typeof applyRequest>;

export const applied = z.object({ rollout: z.string(), specVersion: z.int(), changed: z.boolean() });
export type Applied = z.infer<typeof applied>;

export const startRequest = z.strictObject({
  rollout: z.string(),
  image: z.string(),
  /** Why a quarantined image is started all the same. */
  force: z.optional(z.string()),
  /** The image is to answer errors: in the sandbox only. */
  bad: z.optional(z.boolean()),
});
export type StartRequest = z.infer<typeof startRequest>;

export const started = z.strictObject({ executionArn: z.string() });
export type Started = z.infer<typeof started>;

export const executionState = z.strictObject({
  status: z.enum(['running', 'succeeded', 'failed', 'timedOut', 'stopped', 'unknown']),
  error: z.optional(z.string()),
  cause: z.optional(z.string()),
  /** Why an execution that succeeded had nothing to do. */
  reason: z.optional(z.string()),
});
export type ExecutionState = z.infer<typeof executionState>;

export const rolloutSummary = z.strictObject({
  rolloutId: z.string(),
  phase,
  image: z.strictObject({ digest: z.string(), tag: z.optional(z.string()) }),
  /** From 1. */
  step: z.int(),
  steps: z.int(),
  weight: z.int(),
  totalWeight: z.int(),
  startedAtMs: z.number(),
  endedAtMs: z.optional(z.number()),
  stepSinceMs: z.number(),
  bakedSeconds: z.int(),
  bakeSeconds: z.int(),
  verdict: z.optional(z.strictObject({ atMs: z.number(), overall: verdict, verdicts: z.array(verdict) })),
  rollbackReason: z.optional(rollbackReason),
  reason: z.optional(z.string()),
  actor,
  executionArn: z.string(),
});
export type RolloutSummary = z.infer<typeof rolloutSummary>;

export const serviceStatus = z.strictObject({
  rollout: z.string(),
  specVersion: z.int(),
  /** Since when its spec starts nothing any more: the file was removed. */
  retiredAtMs: z.optional(z.number()),
  /** What runs, or holds the service because its rollback failed. */
  present: z.optional(rolloutSummary),
  /** Newest first, without the present one. */
  past: z.array(rolloutSummary),
  quarantine: z.array(z.strictObject({ digest: z.string(), why: z.string(), rolloutId: z.string(), atMs: z.number() })),
});
export type ServiceStatus = z.infer<typeof serviceStatus>;

export const status = z.strictObject({
  /** The controller's own time, which in a sandbox is not the reader's. */
  atMs: z.number(),
  services: z.array(serviceStatus),
});
export type Status = z.infer<typeof status>;

export const operateRequest = z.strictObject({
  rollout: z.string(),
  action: z.enum(['pause', 'resume', 'promote']),
  why: z.optional(z.string()),
});
export type OperateRequest = z.infer<typeof operateRequest>;

export const abortRequest = z.strictObject({ rollout: z.string(), why: z.optional(z.string()) });
export type AbortRequest = z.infer<typeof abortRequest>;

export const operated = z.object({ outcome: z.string(), rolloutId: z.string() });
export type Operated = z.infer<typeof operated>;

/** A controller that can be talked to. What it refuses is thrown as the SluiceError that it threw. */
export interface Connection {
  /** Where it is, for people: `sluice in eu-west-1 (account 111122223333)`. */
  readonly where: string;
  /** By which the command waits from one look to the next. */
  readonly clock: Clock;
  /** @throws SpecInvalidError */
  apply(request: ApplyRequest): Promise<Applied>;
  /** Starts an execution. Whether a rollout comes of it is seen in `execution` and `status`. */
  start(request: StartRequest): Promise<Started>;
  execution(executionArn: string): Promise<ExecutionState>;
  /** All services, or one. @throws NotFoundError where there is none of that name. */
  status(rollout?: string): Promise<Status>;
  /** Oldest first. */
  history(rolloutId: string): Promise<HistoryEntry[]>;
  /** @throws NotFoundError where nothing is under way, InvalidInputError where the phase does not take it. */
  operate(request: OperateRequest): Promise<Operated>;
  /** @throws NotFoundError where nothing is under way. */
  abort(request: AbortRequest): Promise<Operated>;
}
