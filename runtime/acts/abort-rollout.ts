import { type HeldRollout, Rollouts } from '../../adapters/store/rollouts.ts';
import { WriteConflictError } from '../../core/errors.ts';
import { payloadVersion, type RolloutPayload } from '../../core/rollout/payload.ts';
import type { Actor, RollbackReason, RolloutRecord } from '../../core/rollout/record.ts';
import type { Deps } from '../deps.ts';
import { doorTargetOf } from './door-target.ts';
import { openDoor } from './open-door.ts';
import { raiseBeyond } from './raise-beyond.ts';
import { readSideReadiness, restoreTraffic } from './restore-traffic.ts';

export interface AbortRequest {
  readonly rollout: string;
  readonly rolloutId: string;
  readonly reason: RollbackReason;
  readonly why: string;
  readonly actor: Actor;
  /** When the alarm that wants it fired, where one does: how long it took until the traffic moved is measured from there. */
  readonly alarmSinceMs?: number | undefined;
  /** The rollout as whoever calls has loaded it just now; it spares the door a read. */
  readonly known?: HeldRollout;
}

export type AbortDeps = Pick<Deps, 'store' | 'clock' | 'clusters' | 'executions' | 'log'>;

/** `ended`: the rollout no longer holds its service, so there is nothing to undo. */
export type AbortResult = { readonly outcome: 'rollbackStarted'; readonly record: RolloutRecord } | { readonly outcome: 'ended' };

/**
 * What every door does with one rollout: raises the fence, moves the traffic to the safe side, and starts the rollback machine that
 * finishes the rest and tells of it. Doing it twice is harmless: the second finds the fence raised, writes the same split under it, and is told that
 * the machine's execution exists.
 *
 * Which side has ready endpoints is asked while the fence is raised, because the traffic waits for both. Which side is the safe one
 * comes from the record under the raised fence: after it no promotion can begin, and one that began before is in the record.
 *
 * Where another door, or the rollback itself, has gone beyond a fence on a route meanwhile, it looks once more, and goes by theirs: nobody who
 * waits for it is sent away for having been the second.
 *
 * @throws WriteConflictError where that happens twice, and it is to be called again.
 */
export async function abortRollout(deps: AbortDeps, request: AbortRequest): Promise<AbortResult> {
  try {
    return await abortOnce(deps, request);
  } catch (error) {
    if (!(error instanceof WriteConflictError)) throw error;
    const { known: _, ...anew } = request;
    return abortOnce(deps, anew);
  }
}

async function abortOnce(deps: AbortDeps, request: AbortRequest): Promise<AbortResult> {
  const calledAtMs = deps.clock.now();
  const rollouts = new Rollouts(deps.store, deps.clock);
  const change = { rollbackReason: request.reason, reason: request.why, rollbackActor: request.actor, rollbackAttempt: 1 };
  const known = request.known ?? (await rollouts.load(request.rollout, request.rolloutId));
  const before = openDoor(deps, known);
  const readiness = readSideReadiness(deps, before.api, before.target);
  const held = await rollouts.raiseFence(request.rollout, request.rolloutId, change, { known });
  if (held === undefined) return { outcome: 'ended' };
  const open = openDoor(deps, held);
  const machineInput = rollbackInput(open);
  const [traffic, started] = await Promise.allSettled([
    restoreTraffic(
      deps,
      { ...open, kind: open.spec.router.kind },
      held.record.safeSide,
      held.record.fence,
      raiseBeyond(rollouts, held.record),
      { readiness, beganWith: held.record.stableReady },
    ).then(() => measureDoor(deps, calledAtMs, known.record.phase === 'rollingBack' ? undefined : request.alarmSinceMs)),
    deps.executions.start('rollback', rollbackExecutionName(open.record), machineInput),
  ]);
  // The rollback machine writes the traffic too, so either of the two is enough to be sure that it will be done.
  if (traffic.status === 'rejected') throw traffic.reason;
  if (started.status === 'rejected') throw started.reason;
  return { outcome: 'rollbackStarted', record: open.record };
}

/**
 * The safe split stands on all routes. An alarm is measured only by the first door that it opens: it is told several times, and a late delivery
 * says nothing about how late the traffic moved. AWS's clocks are not one, so it may seem to have fired a moment from now.
 */
function measureDoor(deps: Pick<AbortDeps, 'clock' | 'log'>, calledAtMs: number, alarmSinceMs: number | undefined): void {
  const atMs = deps.clock.now();
  const sinceAlarm = alarmSinceMs === undefined ? {} : { AlarmToSafeSplitMs: Math.max(0, atMs - alarmSinceMs) };
  deps.log.metrics({ DoorMs: atMs - calledAtMs, ...sinceAlarm }, { atMs });
}

/**
 * `<rollout>-<fence>-<attempt>`: Step Functions refuses a second execution of that name, so many doors start one. The fence is the door's own: the
 * execution keeps its name when it goes beyond it.
 */
export function rollbackExecutionName(record: RolloutRecord): string {
  return `${record.rollout}-${record.rollbackFence ?? record.fence}-${record.rollbackAttempt}`;
}

export function rollbackInput(open: Parameters<typeof doorTargetOf>[0]): RolloutPayload {
  const { record } = open;
  return {
    payloadVersion,
    rollout: record.rollout,
    rolloutId: record.rolloutId,
    fence: record.fence,
    stepIndex: record.stepIndex,
    weight: record.split.canary,
    outcome: 'rollingBack',
    waitSeconds: 0,
    watchSeconds: 0,
    ticks: 0,
    door: doorTargetOf(open),
  };
}
