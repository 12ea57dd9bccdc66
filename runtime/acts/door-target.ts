import type { WorkloadNames } from '../../adapters/eks/workload/names.ts';
import type { RouteTarget } from '../../core/ports.ts';
import type { DoorTarget } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { DoorSpec } from '../../core/spec/door-spec.ts';

type TargetSpec = Pick<DoorSpec, 'name' | 'namespace' | 'workload' | 'router'>;

/** A rollout as far as its door goes. */
export interface DoorTargetParts {
  readonly record: RolloutRecord;
  readonly spec: Pick<DoorSpec, 'router'>;
  readonly target: RouteTarget;
}

export function routeTargetOf(spec: TargetSpec): RouteTarget {
  const { stableService, canaryService } = workloadNamesOf(spec);
  return {
    rollout: spec.name,
    namespace: spec.namespace,
    routes: spec.router.routes,
    stableService,
    canaryService,
    totalWeight: spec.router.totalWeight,
    ...subsetsOf(spec),
  };
}

/** Istio's subsets are of a host that the spec names; Consul's, of the service that the splitter is named after. */
function subsetsOf({ router }: Pick<DoorSpec, 'router'>): Pick<RouteTarget, 'subsets'> {
  if (router.kind === 'istio') return router.subsets === undefined ? {} : { subsets: router.subsets };
  if (router.kind !== 'consul') return {};
  const [first] = router.routes;
  return first === undefined ? {} : { subsets: { host: first.serviceSplitter, ...router.subsets } };
}

/** What the workload's objects are called: the canary's are stable's with `-canary` behind. */
export function workloadNamesOf(spec: TargetSpec): WorkloadNames {
  const stableService = spec.workload.service ?? spec.workload.deployment;
  return {
    namespace: spec.namespace,
    deployment: spec.workload.deployment,
    container: spec.workload.container,
    stableService,
    canaryDeployment: `${spec.workload.deployment}-canary`,
    canaryService: `${stableService}-canary`,
  };
}

export function doorTargetOf({ record, spec, target }: DoorTargetParts): DoorTarget {
  return {
    cluster: record.cluster,
    routerKind: spec.router.kind,
    target: { ...target, routes: [...target.routes] },
    safeSide: record.safeSide,
  };
}
