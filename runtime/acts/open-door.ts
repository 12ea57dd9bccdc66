import { createRouter } from '../../adapters/mesh/registry.ts';
import { keys } from '../../adapters/store/keys.ts';
import { readDocument } from '../../adapters/store/read-document.ts';
import type { HeldRollout } from '../../adapters/store/rollouts.ts';
import type { KubernetesApi, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { type DoorSpec, doorSpec } from '../../core/spec/door-spec.ts';
import type { Deps } from '../deps.ts';
import { routeTargetOf } from './door-target.ts';

/** A rollout with what a door needs to move its traffic. */
export interface OpenDoor {
  readonly record: RolloutRecord;
  readonly spec: DoorSpec;
  readonly target: RouteTarget;
  readonly api: KubernetesApi;
  readonly router: TrafficRouter;
}

export function openDoor(deps: Pick<Deps, 'clusters'>, { record }: HeldRollout): OpenDoor {
  const spec = readDocument(doorSpec, { key: keys.rollout(record.rollout, record.rolloutId), value: record.spec });
  const api = deps.clusters.open(record.cluster);
  return { record, spec, target: routeTargetOf(spec), api, router: createRouter(spec.router.kind, api) };
}
