import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { DeadlineExceededError, RolloutRefusedError } from '../../core/errors.ts';
import { longestWatchedIntervalSeconds } from '../../core/plan/tick.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { countFindings, findingLine } from '../../core/preflight/format-findings.ts';
import { payloadVersion, type RolloutPayload } from '../../core/rollout/payload.ts';
import { imageReference, type RolloutRecord } from '../../core/rollout/record.ts';
import { wholeSplit } from '../../core/traffic/split.ts';
import { note, saveAndTell } from './announce.ts';
import { doorTargetOf } from './door-target.ts';
import { openHeld } from './open-rollout.ts';
import { type PreflightFound, preflight } from './preflight.ts';
import type { BeginDeps, BeginOutcome, NotBegun, Start } from './start.ts';
import { takeTurn } from './take-turn.ts';

/**
 * Takes the service for a new rollout: looks first, then takes the lock, then claims the routes. Until the lock is taken nothing is
 * written, so a refusal leaves nothing behind but the note that the push was dealt with, lest the sweep takes it for lost, and is told by
 * the state behind Begin; after it, any error leaves through the rollback door.
 */
export async function beginRollout(deps: BeginDeps, start: Start): Promise<BeginOutcome> {
  const rollouts = new Turns(deps.store, deps.clock);
  const { spec } = start.stored;
  let taken: Taken | NotBegun;
  try {
    taken = await takeService(deps, rollouts, start);
  } catch (error) {
    const refused = error instanceof RolloutRefusedError || error instanceof DeadlineExceededError;
    if (refused && start.actor.kind !== 'person') await rollouts.noteSeen(spec.name, start.image, start);
    throw error;
  }
  if (taken.outcome !== 'taken') return taken;
  return { outcome: 'begun', payload: await claimRoutes(deps, rollouts, taken) };
}

interface Taken extends Pick<PreflightFound, 'alarmReadings' | 'findings'> {
  readonly outcome: 'taken';
  readonly record: RolloutRecord;
}

async function takeService(deps: BeginDeps, rollouts: Turns, start: Start): Promise<Taken | NotBegun> {
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
  const mayBeWatched = spec.analysis.intervalSeconds <= longestWatchedIntervalSeconds;
  const isCrowded = mayBeWatched && (await rollouts.isCrowded(spec.name));
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
      ...(isCrowded ? { isCrowded } : {}),
    }),
  );
  if (begun.outcome === 'held') return { outcome: 'wait', reason: `${begun.holder.rolloutId} was a moment quicker.` };
  return { outcome: 'taken', record: begun.record, alarmReadings: found.alarmReadings, findings: found.findings };
}

async function claimRoutes(deps: BeginDeps, rollouts: Turns, { record, alarmReadings, findings }: Taken): Promise<RolloutPayload> {
  const open = openHeld(deps, rollouts, await rollouts.loadOwned(record));
  const states = new AlarmStates(deps.store);
  await Promise.all(alarmReadings.map((reading) => states.note(reading, deps.clock.now())));
  await open.router.write(open.target, { split: record.split, fence: record.fence, role: 'claim' });
  const reason = `Rolling out ${record.image.tag ?? record.image.digest} (${imageReference(record.image)}).${hint(findings)}`;
  await saveAndTell(deps, open, { phase: 'progressing' }, { transition: 'begun', reason });
  if (findings.length > 0) await note(deps, { ...record, phase: 'progressing' }, 'preflight', findings.map(findingLine).join(' '));
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

/** What the notification says of the warnings; the history has them in full. */
function hint(findings: readonly Finding[]): string {
  const count = findings.filter(({ severity }) => severity === 'warning').length;
  return count === 0 ? '' : ` ${countFindings(findings, 'warning')} of the preflight; see \`sluice lint --cluster\`.`;
}
