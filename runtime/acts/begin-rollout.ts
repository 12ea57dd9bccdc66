import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { StoredSpec } from '../../adapters/store/specs.ts';
import { DeadlineExceededError, RolloutRefusedError } from '../../core/errors.ts';
import type { AlarmReading } from '../../core/ports.ts';
import { payloadVersion, type RolloutPayload } from '../../core/rollout/payload.ts';
import { type Actor, type Image, imageReference, type RolloutRecord } from '../../core/rollout/record.ts';
import { wholeSplit } from '../../core/traffic/split.ts';
import type { Deps } from '../deps.ts';
import { saveAndTell, tellingRefusal } from './announce.ts';
import { doorTargetOf, openHeld } from './open-rollout.ts';
import { preflight } from './preflight.ts';
import { takeTurn } from './take-turn.ts';

export interface Start {
  readonly stored: StoredSpec;
  readonly image: Image;
  readonly actor: Actor;
  /** Why a quarantined image is rolled out all the same; said by a named person. */
  readonly force: string | undefined;
  readonly executionArn: string;
  /** EventBridge's id of the push, which a second delivery repeats. */
  readonly eventId: string | undefined;
  readonly executionStartedAtMs: number;
}

export type BeginDeps = Pick<
  Deps,
  'store' | 'clock' | 'clusters' | 'clusterFinder' | 'executions' | 'images' | 'events' | 'alarms' | 'prometheus' | 'log'
>;

/** `ignored`: the same image is being rolled out already, runs already, or failed before: a push of it has no effect. */
export type BeginOutcome =
  | { readonly outcome: 'begun'; readonly payload: RolloutPayload }
  | { readonly outcome: 'wait' | 'ignored'; readonly reason: string };

/**
 * Takes the service for a new rollout: looks first, then takes the lock, then claims the routes. Until the lock is taken nothing is
 * written, so a refusal leaves nothing behind but the note that the push was dealt with, lest the sweep takes it for lost; after it,
 * any error leaves through the rollback door.
 */
export async function beginRollout(deps: BeginDeps, start: Start): Promise<BeginOutcome> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const { spec } = start.stored;
  const taken = await tellingRefusal(deps, spec, start.executionArn, async () => {
    try {
      return await takeService(deps, rollouts, start);
    } catch (error) {
      const refused = error instanceof RolloutRefusedError || error instanceof DeadlineExceededError;
      if (refused && start.actor.kind !== 'person') await rollouts.noteSeen(spec.name, start.image, start);
      throw error;
    }
  });
  if (taken.outcome !== 'taken') return taken;
  return { outcome: 'begun', payload: await claimRoutes(deps, rollouts, taken.record, taken.alarmReadings) };
}

type Taken = { readonly outcome: 'taken'; readonly record: RolloutRecord; readonly alarmReadings: readonly AlarmReading[] };

async function takeService(
  deps: BeginDeps,
  rollouts: Rollouts,
  start: Start,
): Promise<Taken | Exclude<BeginOutcome, { outcome: 'begun' }>> {
  const { stored, image } = start;
  const { spec } = stored;
  const turn = await takeTurn(deps, rollouts, start);
  if (turn.outcome !== 'free') {
    if (turn.outcome === 'ignored') await rollouts.noteSeen(spec.name, image, start);
    return turn;
  }
  const found = await preflight(deps, start);
  if (found.outcome === 'ignored') {
    await rollouts.noteSeen(spec.name, image, start);
    return found;
  }
  const begun = await rollouts.begin(
    spec.name,
    start,
    ({ rolloutId, fence }): RolloutRecord => ({
      rolloutId,
      rollout: spec.name,
      fence,
      phase: 'pending',
      spec: { ...stored.source },
      specVersion: stored.specVersion,
      image,
      executionArn: start.executionArn,
      actor: start.actor,
      cluster: found.cluster,
      stableImage: found.stableImage,
      stableReplicas: found.stableReplicas,
      startedAtMs: deps.clock.now(),
      stepIndex: 0,
      split: wholeSplit('stable', spec.router.totalWeight),
      safeSide: 'stable',
      pins: [],
      tallies: {},
      ignoredAlarms: found.ignoredAlarms,
      ignoredAlerts: found.ignoredAlerts,
      restores: 0,
      rollbackAttempt: 0,
    }),
  );
  if (begun.outcome === 'held') return { outcome: 'wait', reason: `${begun.holder.rolloutId} was a moment quicker.` };
  return { outcome: 'taken', record: begun.record, alarmReadings: found.alarmReadings };
}

async function claimRoutes(
  deps: BeginDeps,
  rollouts: Rollouts,
  record: RolloutRecord,
  alarmReadings: readonly AlarmReading[],
): Promise<RolloutPayload> {
  const open = openHeld(deps, rollouts, await rollouts.loadOwned(record));
  const states = new AlarmStates(deps.store);
  await Promise.all(alarmReadings.map((reading) => states.note(reading, deps.clock.now())));
  await open.router.write(open.target, { split: record.split, fence: record.fence, role: 'claim' });
  const reason = `Rolling out ${record.image.tag ?? record.image.digest} (${imageReference(record.image)}).`;
  await saveAndTell(deps, open, { phase: 'progressing' }, { transition: 'begun', reason });
  return {
    payloadVersion,
    rollout: record.rollout,
    rolloutId: record.rolloutId,
    fence: record.fence,
    stepIndex: 0,
    weight: 0,
    outcome: 'begun',
    waitSeconds: 0,
    watchSeconds: 0,
    ticks: 0,
    door: doorTargetOf({ ...open, record }),
  };
}
