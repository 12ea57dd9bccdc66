import type { Owner, WorkloadNames } from '../../adapters/eks/workload/names.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { keys } from '../../adapters/store/keys.ts';
import { readDocument } from '../../adapters/store/read-document.ts';
import { type HeldRollout, Rollouts } from '../../adapters/store/rollouts.ts';
import { FencedError } from '../../core/errors.ts';
import { paceOf } from '../../core/plan/history.ts';
import { type Plan, planRollout } from '../../core/plan/plan.ts';
import type { Pace } from '../../core/plan/tick.ts';
import type { KubernetesApi, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { type RolloutSpec, rolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { routeTargetOf, workloadNamesOf } from './door-target.ts';

/** A rollout with all that an act on it needs: its record, its spec as it began with, and its cluster. */
export interface OpenRollout {
  readonly rollouts: Rollouts;
  readonly held: HeldRollout;
  readonly record: RolloutRecord;
  readonly spec: RolloutSpec;
  readonly plan: Plan;
  readonly pace: Pace;
  readonly target: RouteTarget;
  readonly api: KubernetesApi;
  readonly router: TrafficRouter;
  readonly names: WorkloadNames;
  readonly owner: Owner;
}

export type StoreDeps = Pick<Deps, 'store' | 'clock' | 'clusters'>;

/**
 * Opens the rollout of a payload for its owner: the first thing that every Task does.
 * @throws FencedError where the rollout is not this execution's any more.
 */
export async function openOwned(deps: StoreDeps, payload: Pick<RolloutPayload, 'rollout' | 'rolloutId' | 'fence'>): Promise<OpenRollout> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  return openHeld(deps, rollouts, await rollouts.loadOwned(payload));
}

/**
 * Opens the rollout of a payload for a rollback that restores its traffic. It may have gone beyond a fence that it found on a route, and died
 * before it could say so; or a door that could not ask the store has left such a fence, and gone beyond it once it could. In both it is this rollback's
 * still, and a Task takes the fence and hands it on. A rollback that a door began since is another one.
 * @throws FencedError where the rollout is not this rollback's any more.
 */
export async function openForRestoring(
  deps: StoreDeps,
  payload: Pick<RolloutPayload, 'rollout' | 'rolloutId' | 'fence'>,
): Promise<OpenRollout> {
  try {
    return await openOwned(deps, payload);
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
    const { record } = await new Rollouts(deps.store, deps.clock).load(payload.rollout, payload.rolloutId);
    const { phase, fence, rollbackFence = fence } = record;
    if (phase !== 'rollingBack' || payload.fence < rollbackFence) throw error;
    return openOwned(deps, { ...payload, fence });
  }
}

/** Opens a rollout that was loaded already. */
export function openHeld(deps: Pick<Deps, 'clusters'>, rollouts: Rollouts, held: HeldRollout): OpenRollout {
  const spec = readDocument(rolloutSpec, { key: keys.rollout(held.record.rollout, held.record.rolloutId), value: held.record.spec });
  const plan = planRollout(spec);
  const api = deps.clusters.open(held.record.cluster);
  return {
    rollouts,
    held,
    record: held.record,
    spec,
    plan,
    pace: paceOf(plan, spec.policies, held.record.isCrowded ?? false),
    target: routeTargetOf(spec),
    api,
    router: createRouter(spec.router.kind, api),
    names: workloadNamesOf(spec),
    owner: { rollout: held.record.rollout, rolloutId: held.record.rolloutId, fence: held.record.fence },
  };
}
