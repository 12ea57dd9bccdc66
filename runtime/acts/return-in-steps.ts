import { restoreCapacity } from '../../adapters/eks/workload/restore-capacity.ts';
import type { HeldRollout } from '../../adapters/store/rollouts.ts';
import { lacksCapacity, returnSeconds, returnSplit } from '../../core/rollout/return-split.ts';
import type { SideReadiness } from '../../core/rollout/safe-split.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { Deps } from '../deps.ts';
import { note } from './announce.ts';
import type { OpenRollout } from './open-rollout.ts';
import { raiseBeyond } from './raise-beyond.ts';
import { readStable } from './read-sides.ts';
import { readSideReadiness, restoreTraffic, type TrafficRestored } from './restore-traffic.ts';

/** How long one Lambda looks before it hands the waiting to the state machine, for how long that waits, and how often it looks. */
const lookSeconds = 15;
export const pauseSeconds = 1;
const lookEveryMs = 500;

/**
 * How far the return has come. `all`: everything may go to stable now, with the reason where stable does not have its capacity again.
 * `returning`: not yet. `held`: the time is over, and stable has no ready pod at all, so it is brought in order first.
 */
export interface Return {
  readonly outcome: 'all' | 'returning' | 'held';
  readonly held: HeldRollout;
  readonly why?: string;
}

/** Everything is to go to stable, whatever the cluster would say of its pods. */
export const unasked: SideReadiness = { stable: undefined, canary: undefined };

type ReturnDeps = Pick<Deps, 'store' | 'clock' | 'log'>;

/**
 * Returns traffic to a stable that has lost much of its capacity, as its pods become ready (T7). What this rollout had pinned is brought back
 * first. The canary's weight only falls. The whole is bounded by a time in the record, so that it ends also where executions die in between;
 * and where nothing brings pods back, because stable was never pinned and has all that it was told to have, nothing is waited for.
 */
export async function returnInSteps(deps: ReturnDeps, open: OpenRollout): Promise<Return> {
  const { record, rollouts, api, target } = open;
  const beganWith = record.stableReady ?? 0;
  let ready = await readSideReadiness(deps, api, target);
  // Once it goes in steps, a cluster that does not answer for a moment does not end that.
  if (!lacksCapacity(ready, beganWith) && (isKnown(ready) || record.returnUntilMs === undefined))
    return { outcome: 'all', held: open.held };
  const untilMs = record.returnUntilMs ?? deps.clock.now() + returnSeconds * 1000;
  let held = await rollouts.save(open.held, { returnUntilMs: untilMs }, lookSeconds + pauseSeconds);
  const isOurs = await bringBack(deps, open);
  const lookUntilMs = deps.clock.now() + lookSeconds * 1000;
  for (;;) {
    const pods = ready.stable;
    if (isKnown(ready) && !lacksCapacity(ready, beganWith)) return { outcome: 'all', held };
    const found = `stable has ${pods ?? 'an unknown number'} of the ${beganWith} ready pods that it began with`;
    if (deps.clock.now() >= untilMs) {
      if (pods === 0) return { outcome: 'held', held };
      return { outcome: 'all', held, why: `After ${formatDuration(returnSeconds)}, ${found}; all traffic is on it all the same.` };
    }
    if (!isOurs && (await hasAllItWants(open, pods))) {
      return { outcome: 'all', held, why: `All traffic is on stable: ${found}, and nobody is to bring more.` };
    }
    if (isKnown(ready) && pods !== 0) held = await takeStep(deps, open, held, { ready, beganWith });
    if (held.record.split.canary === 0) return { outcome: 'all', held };
    if (deps.clock.now() >= lookUntilMs) return { outcome: 'returning', held };
    await deps.clock.sleep(lookEveryMs);
    ready = await readSideReadiness(deps, api, target);
  }
}

function isKnown({ stable, canary }: SideReadiness): boolean {
  return stable !== undefined && canary !== undefined;
}

/** Gives stable as much as its ready pods carry, where that is more than it has. */
async function takeStep(
  deps: ReturnDeps,
  open: OpenRollout,
  held: HeldRollout,
  { ready, beganWith }: { readonly ready: SideReadiness; readonly beganWith: number },
): Promise<HeldRollout> {
  const { rollouts, target } = open;
  const { split: before } = held.record;
  if (returnSplit(ready, { beganWith, canaryWeight: before.canary }, target.totalWeight).canary >= before.canary) return held;
  // A door that comes in between must not send to the canary what has left it.
  const noted = held.record.safeSide === 'stable' ? held : await rollouts.save(held, { safeSide: 'stable' }, lookSeconds + pauseSeconds);
  const { split, fence } = await giveBack(deps, open, noted, { ready, beganWith });
  const owned = fence === noted.record.fence ? noted : await rollouts.loadOwned({ ...noted.record, fence });
  const saved = await rollouts.save(owned, { split }, lookSeconds + pauseSeconds);
  await note(
    deps,
    saved.record,
    'trafficReturning',
    `Stable has ${ready.stable} of the ${beganWith} ready pods that it began with, and ${split.stable} of ${target.totalWeight}.`,
  );
  return saved;
}

/**
 * Writes what goes to stable as a door does: all, or what its ready pods carry. A door without the store, such as `sluice abort --direct`, may have
 * left a newer fence since this rollback began, and is gone beyond.
 */
export function giveBack(
  deps: Pick<Deps, 'log'>,
  open: OpenRollout,
  { record }: HeldRollout,
  { ready, beganWith }: { readonly ready: SideReadiness; readonly beganWith?: number },
): Promise<TrafficRestored> {
  const raise = raiseBeyond(open.rollouts, record);
  const where = { ...open, kind: open.spec.router.kind };
  return restoreTraffic(deps, where, 'stable', record.fence, raise, { readiness: Promise.resolve(ready), beganWith });
}

/**
 * Pins stable's capacity anew where this rollout had pinned it. That it could not be is logged: the traffic waits no longer for it.
 *
 * @param isAskedAgain what is thrown instead, by whoever waits for these pods and is called again.
 * @returns Whether it is this rollout's to bring back.
 */
export async function bringBack(
  deps: Pick<Deps, 'log'>,
  open: OpenRollout,
  isAskedAgain: (error: unknown) => boolean = () => false,
): Promise<boolean> {
  const { api, names, owner, record } = open;
  try {
    return await restoreCapacity(api, { ...names, ...owner, replicas: record.stableReplicas, pins: record.pins });
  } catch (error) {
    if (isAskedAgain(error)) throw error;
    deps.log.error("could not bring stable's capacity back", error);
    return true;
  }
}

/** Every pod that its Deployment was told to have is ready, so that there is nothing to wait for. */
async function hasAllItWants(open: OpenRollout, pods: number | undefined): Promise<boolean> {
  if (pods === undefined || pods === 0) return false;
  try {
    const stable = await readStable(open);
    return stable !== undefined && pods >= stable.desired;
  } catch {
    return false;
  }
}
