import { History, historyChange } from '../../adapters/store/history.ts';
import type { HeldRollout } from '../../adapters/store/rollouts.ts';
import { Untold, untoldChange } from '../../adapters/store/untold.ts';
import type { SluiceEvent } from '../../core/ports.ts';
import type { HistoryEntry, RolloutRecord } from '../../core/rollout/record.ts';
import { transitionEvent } from '../../core/rollout/transition-event.ts';
import type { Transition } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import type { MetricName } from '../metrics.ts';
import type { OpenRollout } from './open-rollout.ts';

export type AnnounceDeps = Pick<Deps, 'store' | 'clock' | 'events' | 'log'>;

type Transiting = Pick<OpenRollout, 'rollouts' | 'held' | 'spec'>;

/**
 * Writes a transition with its line in the history, and tells the world. What is to be told is part of the same write, so that it is told at
 * least once whatever becomes of this Lambda (P1). Traffic never waits for it: where the bus does not answer, that is logged, the rollout
 * goes on, and the sweep tells it.
 *
 * @throws FencedError where the rollout is not this owner's any more.
 */
export async function saveAndTell(
  deps: AnnounceDeps,
  { rollouts, held, spec }: Transiting,
  change: Partial<RolloutRecord>,
  { transition, reason, quietSeconds = 0 }: { readonly transition: Transition; readonly reason: string; readonly quietSeconds?: number },
): Promise<HeldRollout> {
  const record: RolloutRecord = { ...held.record, ...change };
  const event = transitionEvent(record, spec, transition, reason, deps.clock.now());
  const saved = await rollouts.save(held, change, quietSeconds, [
    historyChange(lineOf(record, event.atMs, transition, reason)),
    untoldChange(event),
  ]);
  countTransition(deps, record, transition, event.atMs);
  await tell(deps, event);
  return saved;
}

/**
 * Ends the rollout, and tells of it, like `saveAndTell`.
 *
 * @throws FencedError where the rollout is not this owner's any more.
 */
export async function endAndTell(
  deps: AnnounceDeps,
  { rollouts, held, spec }: Transiting,
  phase: 'succeeded' | 'rolledBack' | 'failed',
  { reason, quarantineWhy }: { readonly reason: string; readonly quarantineWhy?: string | undefined },
): Promise<void> {
  const record: RolloutRecord = { ...held.record, phase };
  const event = transitionEvent(record, spec, phase, reason, deps.clock.now());
  await rollouts.end(held, { phase }, quarantineWhy, [historyChange(lineOf(record, event.atMs, phase, reason)), untoldChange(event)]);
  countTransition(deps, record, phase, event.atMs);
  await tell(deps, event);
}

const counted: Readonly<Partial<Record<Transition, MetricName>>> = {
  begun: 'RolloutsBegun',
  succeeded: 'RolloutsSucceeded',
  rolledBack: 'RolloutsRolledBack',
  failed: 'RolloutsFailed',
};

/** Once for each transition, since only one Lambda can write it; one that dies between the two has not counted it. */
function countTransition(deps: Pick<Deps, 'log'>, record: RolloutRecord, transition: Transition, atMs: number): void {
  const name = counted[transition];
  if (name === undefined) return;
  deps.log.metrics({ [name]: 1 }, { atMs, rollbackReason: transition === 'rolledBack' ? record.rollbackReason : undefined });
}

/**
 * Tells what a Lambda before has left untold, because it died or the bus did not answer: of one rollout, or older than a time. A bus that does not
 * answer is logged, as in `saveAndTell`.
 *
 * @throws StoreUnavailableError where it is not known what is untold: whoever is to tell something after it is called again, so that it is told in its
 *   order.
 */
export async function tellUntold(
  deps: AnnounceDeps,
  which: { readonly rolloutId: string } | { readonly untilMs: number },
): Promise<string[]> {
  const told: string[] = [];
  for (const event of await new Untold(deps.store).list()) {
    const meant = 'rolloutId' in which ? event.detail['rolloutId'] === which.rolloutId : event.atMs <= which.untilMs;
    if (meant && (await tell(deps, event))) told.push(event.id);
  }
  return told;
}

function tell(deps: AnnounceDeps, event: SluiceEvent): Promise<boolean> {
  return attempt(deps, 'publish', async () => {
    await deps.events.publish([event]);
    await new Untold(deps.store).remove(event);
  });
}

/** Writes a line into the history without telling anybody. */
export async function note(deps: Omit<AnnounceDeps, 'events'>, record: RolloutRecord, what: string, reason: string): Promise<void> {
  await attempt(deps, 'history', () => new History(deps.store).append(lineOf(record, deps.clock.now(), what, reason)));
}

function lineOf(record: RolloutRecord, atMs: number, what: string, reason: string): HistoryEntry {
  return {
    atMs,
    rolloutId: record.rolloutId,
    what,
    phase: record.phase,
    stepIndex: record.stepIndex,
    weight: record.split.canary,
    reason,
    ...(record.analysis === undefined ? {} : { verdicts: record.analysis.verdicts }),
    actor: record.rollbackActor ?? record.actor,
  };
}

/** Whether it could be done. */
async function attempt(deps: Pick<Deps, 'log'>, what: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    deps.log.error(`could not ${what}`, error);
    return false;
  }
}
