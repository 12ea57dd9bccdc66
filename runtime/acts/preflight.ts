import { readWorkload } from '../../adapters/eks/workload/read-workload.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { AlertStates } from '../../adapters/store/alert-states.ts';
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
  readonly ignoredAlerts: string[];
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
  refuseByAlarms(start, [...alarmReadings, ...alertReadings]);
  return {
    outcome: 'fit',
    cluster,
    stableImage: workload.image,
    stableReplicas: workload.replicas,
    ignoredAlarms: firingIn(alarmReadings),
    ignoredAlerts: firingIn(alertReadings),
    alarmReadings,
  };
}

/** As Prometheus has them. Of those that it does not answer, what was pushed last is known. */
async function readAlerts(deps: BeginDeps, start: Start): Promise<AlarmReading[]> {
  const { prometheus, alerts } = start.stored.spec.analysis;
  if (prometheus === undefined || alerts.length === 0) return [];
  const polled = await deps.prometheus(prometheus.url).alerts.read(alerts);
  const unanswered = polled.filter(({ state }) => state === 'unavailable').map(({ name }) => name);
  const pushed = await new AlertStates(deps.store).firing(unanswered);
  return polled.map((reading) => pushed.find(({ name }) => name === reading.name) ?? reading);
}

const firingIn = (readings: readonly AlarmReading[]) => readings.filter(({ state }) => state === 'alarm').map(({ name }) => name);

/** @throws RolloutRefusedError */
function refuseByAlarms(start: Start, readings: readonly AlarmReading[]): void {
  const { alarmAtStart } = start.stored.spec.policies;
  const missing = readings.filter(({ state }) => state === 'missing').map(({ name }) => name);
  if (missing.length > 0) {
    throw new RolloutRefusedError(`These alarms do not exist: ${missing.join(', ')}.`, {
      remedy: 'Create them, or correct their names under analysis in the spec.',
    });
  }
  const firing = firingIn(readings);
  if (firing.length > 0 && alarmAtStart === 'block') {
    throw new RolloutRefusedError(`In alarm already, before anything was changed: ${firing.join(', ')}.`, {
      remedy: 'Mend that first, or set policies.alarmAtStart to ignore, which passes over those alarms.',
    });
  }
}
