import { DeadlineExceededError } from '../../core/errors.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { Deps } from '../deps.ts';
import { notingClusterAway, watchesReturnSeconds } from './note-cluster-away.ts';
import type { OpenRollout } from './open-rollout.ts';

/** How long one Lambda looks before it hands the waiting to the state machine, and how often it looks. */
const lookSeconds = 15;
const lookEveryMs = 500;

/** How long the state machine waits then: each time is 9 events of its history, and a deadline may be days away. */
function pauseSeconds(waitedMs: number): number {
  return Math.max(5, Math.ceil(waitedMs / 20_000));
}

/**
 * Looks until something is ready, and the mesh has had time to learn of it: short waits are seen within half a second, long ones cost no Lambda
 * time. The deadline counts from the first look at this step, and travels in the payload.
 *
 * @throws DeadlineExceededError
 */
export async function untilReady(
  deps: Pick<Deps, 'clock' | 'log'>,
  open: OpenRollout,
  payload: RolloutPayload,
  look: () => Promise<{ readonly ready: boolean; readonly state: string }>,
): Promise<RolloutPayload> {
  const { readySeconds } = open.spec.deadlines;
  const { readyDeadlineAtMs, ...rest } = payload;
  const deadlineAtMs = typeof readyDeadlineAtMs === 'number' ? readyDeadlineAtMs : deps.clock.now() + readySeconds * 1000;
  const { clusterAwayAtMs = Number.NEGATIVE_INFINITY } = open.record;
  const knownInSeconds = Math.ceil((clusterAwayAtMs - deps.clock.now()) / 1000) + watchesReturnSeconds;
  const pause = Math.max(pauseSeconds(deps.clock.now() - (deadlineAtMs - readySeconds * 1000)), knownInSeconds);
  const lookUntilMs = Math.min(deps.clock.now() + lookSeconds * 1000, deadlineAtMs);
  const held = await open.rollouts.save(open.held, {}, lookSeconds + pause);
  for (;;) {
    const { ready, state } = await notingClusterAway(deps, { rollouts: open.rollouts, held }, look);
    if (ready && knownInSeconds <= 0) return { ...rest, outcome: 'ready', waitSeconds: 0 };
    if (deps.clock.now() >= deadlineAtMs + (ready ? watchesReturnSeconds * 1000 : 0)) {
      const why = ready ? "the cluster's API was away again and again, so that the mesh may not know the pods" : state;
      throw new DeadlineExceededError(`After ${formatDuration(readySeconds)}, ${why}.`, {
        remedy: 'Look at its events and logs with kubectl describe and kubectl logs.',
      });
    }
    if (ready || deps.clock.now() >= lookUntilMs)
      return { ...rest, readyDeadlineAtMs: deadlineAtMs, outcome: 'waiting', waitSeconds: pause };
    await deps.clock.sleep(lookEveryMs);
  }
}
