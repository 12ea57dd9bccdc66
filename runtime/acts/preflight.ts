import { readWorkload } from '../../adapters/eks/workload/read-workload.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { RolloutRefusedError } from '../../core/errors.ts';
import type { AlarmReading, ClusterEndpoint } from '../../core/ports.ts';
import { imageReference } from '../../core/rollout/record.ts';
import type { BeginDeps, Start } from './begin-rollout.ts';
import { routeTargetOf, workloadNamesOf } from './open-rollout.ts';

export interface PreflightFound {
  readonly cluster: ClusterEndpoint;
  readonly stableImage: string;
  readonly stableReplicas: number;
  readonly ignoredAlarms: string[];
  readonly alarmReadings: AlarmReading[];
}

export type PreflightOutcome =
  | ({ readonly outcome: 'fit' } & PreflightFound)
  | { readonly outcome: 'ignored'; readonly reason: string; readonly alarmReadings: AlarmReading[] };

/**
 * Looks at everything that a rollout depends on before anything is written: the cluster, the workload, the routes, the alarms. What
 * does not exist is refused here, before traffic moves (J7), and an alarm that fires already by the spec's policy (J8).
 */
export async function preflight(deps: BeginDeps, start: Start): Promise<PreflightOutcome> {
  const { spec } = start.stored;
  const cluster = await deps.clusterFinder.find(spec.cluster);
  const api = deps.clusters.open(cluster);
  const [workload, , alarmReadings] = await Promise.all([
    readWorkload(api, workloadNamesOf(spec)),
    createRouter(spec.router.kind, api).read(routeTargetOf(spec)),
    deps.alarms.read(spec.analysis.alarms),
  ]);
  if (workload.image === imageReference(start.image)) {
    return { outcome: 'ignored', reason: `Stable runs ${workload.image} already.`, alarmReadings };
  }
  const alertReadings = await readAlerts(deps, start);
  const ignoredAlarms = alarmsToIgnore(start, [...alarmReadings, ...alertReadings]);
  return { outcome: 'fit', cluster, stableImage: workload.image, stableReplicas: workload.replicas, ignoredAlarms, alarmReadings };
}

async function readAlerts(deps: BeginDeps, start: Start): Promise<AlarmReading[]> {
  const { prometheus, alerts } = start.stored.spec.analysis;
  return prometheus === undefined || alerts.length === 0 ? [] : deps.prometheus(prometheus.url).alerts.read(alerts);
}

function alarmsToIgnore(start: Start, readings: readonly AlarmReading[]): string[] {
  const { alarmAtStart } = start.stored.spec.policies;
  const named = (state: AlarmReading['state']) => readings.filter((reading) => reading.state === state).map((reading) => reading.name);
  const missing = named('missing');
  if (missing.length > 0) {
    throw new RolloutRefusedError(`These alarms do not exist: ${missing.join(', ')}.`, {
      remedy: 'Create them, or correct their names under analysis in the spec.',
    });
  }
  const firing = named('alarm');
  if (firing.length > 0 && alarmAtStart === 'block') {
    throw new RolloutRefusedError(`In alarm already, before anything was changed: ${firing.join(', ')}.`, {
      remedy: 'Mend that first, or set policies.alarmAtStart to ignore, which passes over those alarms.',
    });
  }
  return firing;
}
