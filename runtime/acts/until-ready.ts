import { DeadlineExceededError } from '../../core/errors.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { Deps } from '../deps.ts';
import type { OpenRollout } from './open-rollout.ts';

/** How long one Lambda looks before it hands the waiting to the state machine, and how often it looks. */
const lookSeconds = 15;
const lookEveryMs = 500;

/** How long the state machine waits then: each time is 9 events of its history, and a deadline may be days away. */
function pauseSeconds(waitedMs: number): number {
  return Math.max(5, Math.ceil(waitedMs / 20_000));
}

/**
 * Looks until something is ready: short waits are seen within half a second, long ones cost no Lambda time. The deadline counts from
 * the first look at this step, and travels in the payload.
 *
 * @throws DeadlineExceededError
 */
export async function untilReady(
  deps: Pick<Deps, 'clock'>,
  open: OpenRollout,
  payload: RolloutPayload,
  look: () => Promise<{ readonly ready: boolean; readonly state: string }>,
): Promise<RolloutPayload> {
  const { readySeconds } = open.spec.deadlines;
  const { readyDeadlineAtMs, ...rest } = payload;
  const deadlineAtMs = typeof readyDeadlineAtMs === 'number' ? readyDeadlineAtMs : deps.clock.now() + readySeconds * 1000;
  const pause = pauseSeconds(deps.clock.now() - (deadlineAtMs - readySeconds * 1000));
  const lookUntilMs = Math.min(deps.clock.now() + lookSeconds * 1000, deadlineAtMs);
  await open.rollouts.save(open.held, {}, lookSeconds + pause);
  for (;;) {
    const { ready, state } = await look();
    if (ready) return { ...rest, outcome: 'ready', waitSeconds: 0 };
    if (deps.clock.now() >= deadlineAtMs) {
      throw new DeadlineExceededError(`After ${formatDuration(readySeconds)}, ${state}.`, {
        remedy: 'Look at its events and logs with kubectl describe and kubectl logs.',
      });
    }
    if (deps.clock.now() >= lookUntilMs) return { ...rest, readyDeadlineAtMs: deadlineAtMs, outcome: 'waiting', waitSeconds: pause };
    await deps.clock.sleep(lookEveryMs);
  }
}
