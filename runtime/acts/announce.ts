import { History } from '../../adapters/store/history.ts';
import { SluiceError } from '../../core/errors.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { transitionEvent } from '../../core/rollout/transition-event.ts';
import type { RolloutSpec, Transition } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import type { OpenRollout } from './open-rollout.ts';

export type AnnounceDeps = Pick<Deps, 'store' | 'clock' | 'events' | 'log'>;

/**
 * Writes a transition into the history and tells the world. Traffic never waits for it: where the bus or the store does not answer,
 * that is logged and the rollout goes on.
 */
export async function announce(
  deps: AnnounceDeps,
  rollout: Pick<OpenRollout, 'spec'> & { readonly record: RolloutRecord },
  transition: Transition,
  reason: string,
): Promise<void> {
  const { record, spec } = rollout;
  await Promise.all([
    note(deps, record, transition, reason),
    attempt(deps, 'publish', () => deps.events.publish([transitionEvent(record, spec, transition, reason, deps.clock.now())])),
  ]);
}

/** Writes a line into the history without telling anybody. */
export async function note(deps: Omit<AnnounceDeps, 'events'>, record: RolloutRecord, what: string, reason: string): Promise<void> {
  await attempt(deps, 'history', () =>
    new History(deps.store).append({
      atMs: deps.clock.now(),
      rolloutId: record.rolloutId,
      what,
      phase: record.phase,
      stepIndex: record.stepIndex,
      weight: record.split.canary,
      reason,
      ...(record.analysis === undefined ? {} : { verdicts: record.analysis.verdicts }),
      actor: record.rollbackActor ?? record.actor,
    }),
  );
}

/**
 * Tells of a start that came to nothing, where trying again cannot help. There is no rollout yet whose history could hold it; what may
 * pass by itself is tried again by the state machine, and told by nobody.
 */
export async function tellingRefusal<T>(
  deps: AnnounceDeps,
  spec: RolloutSpec | undefined,
  executionArn: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SluiceError && !error.retryable) await announceRefusal(deps, spec, executionArn, error.message);
    throw error;
  }
}

async function announceRefusal(deps: AnnounceDeps, spec: RolloutSpec | undefined, executionArn: string, reason: string): Promise<void> {
  await attempt(deps, 'publish', () =>
    deps.events.publish([
      {
        id: `${executionArn}/refused`,
        detailType: 'Rollout Refused',
        atMs: deps.clock.now(),
        detail: {
          executionArn,
          reason,
          ...(spec === undefined ? {} : { rollout: spec.name, notify: { channel: spec.notifications.channel } }),
        },
      },
    ]),
  );
}

async function attempt(deps: Pick<Deps, 'log'>, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    deps.log.error(`could not ${what}`, error);
  }
}
