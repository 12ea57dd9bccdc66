import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { AlertStates } from '../../adapters/store/alert-states.ts';
import { RolloutRefusedError, type SluiceError, WeightNotVerifiedError } from '../../core/errors.ts';
import type { AlarmReading } from '../../core/metric-ports.ts';
import type { ClusterEndpoint } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { findingLine } from '../../core/preflight/format-findings.ts';
import { probeFindings } from '../../core/preflight/metric-findings.ts';
import { imageReference } from '../../core/rollout/record.ts';
import { inspectMetrics } from './inspect-metrics.ts';
import { inspectWithWorkload } from './inspect-rollout.ts';
import { probeMetrics } from './probe-metrics.ts';
import type { BeginDeps, Start } from './start.ts';

export interface PreflightFound {
  readonly cluster: ClusterEndpoint;
  readonly stableImage: string;
  readonly stableReplicas: number;
  readonly ignoredAlarms: string[];
  readonly ignoredAlerts: string[];
  readonly alarmReadings: AlarmReading[];
  /** What does not keep the rollout from beginning: warnings, and what could not be looked at. */
  readonly findings: readonly Finding[];
}

export type PreflightOutcome =
  | ({ readonly outcome: 'fit' } & PreflightFound)
  | { readonly outcome: 'ignored'; readonly reason: string; readonly alarmReadings: AlarmReading[] };

/**
 * Looks at everything that a rollout depends on before anything is written: the cluster, the routes, the workload and what stands around it, the
 * metrics and alarms. What cannot work is refused here, before traffic moves (J7), and an alarm that fires already by the spec's policy (J8).
 *
 * @throws RolloutRefusedError with every reason that speaks against the rollout.
 * @throws WeightNotVerifiedError (retryable) where all that speaks against it may pass by itself.
 */
export async function preflight(deps: BeginDeps, start: Start): Promise<PreflightOutcome> {
  const { spec } = start.stored;
  const cluster = await deps.clusterFinder.find(spec.cluster);
  const [{ workload, findings: inCluster }, ofCloudWatch, alarmReadings, probes] = await Promise.all([
    inspectWithWorkload(deps.clusters.open(cluster), spec),
    inspectMetrics(deps.cloudWatch, spec),
    readAlarms(deps, spec.analysis.alarms),
    probeMetrics(deps, spec),
  ]);
  const findings = [...inCluster, ...ofCloudWatch, ...probeFindings(probes)];
  if (workload?.image === imageReference(start.image)) {
    return { outcome: 'ignored', reason: `Stable runs ${workload.image} already.`, alarmReadings };
  }
  const refusals = findings.filter(({ severity }) => severity === 'refusal');
  if (workload === undefined || refusals.length > 0) throw refusedBy(refusals);
  const alertReadings = await readAlerts(deps, start);
  refuseByAlarms(start, [...alarmReadings, ...alertReadings]);
  for (const finding of findings)
    deps.log.warn(`preflight: ${findingLine(finding)}`, { severity: finding.severity, remedy: finding.remedy });
  return {
    outcome: 'fit',
    cluster,
    stableImage: workload.image,
    stableReplicas: workload.replicas,
    ignoredAlarms: firingIn(alarmReadings),
    ignoredAlerts: firingIn(alertReadings),
    alarmReadings,
    findings,
  };
}

/**
 * All of them, so that they need not be found one start after the other. Where all of them may pass by themselves, it is tried again: a service
 * whose last rollout ended a moment ago must not lose the image that came next.
 */
function refusedBy(refusals: readonly Finding[]): SluiceError {
  const remedies = new Set(refusals.map(({ remedy }) => remedy).filter((remedy) => remedy !== ''));
  const mayPass = refusals.length > 0 && refusals.every((refusal) => refusal.mayPass === true);
  const Refusal = mayPass ? WeightNotVerifiedError : RolloutRefusedError;
  return new Refusal(refusals.map(findingLine).join(' '), { remedy: [...remedies].join(' ') });
}

/** As CloudWatch has them. Of those that it does not answer, one that was noted last as firing is taken to fire. */
async function readAlarms(deps: BeginDeps, names: readonly string[]): Promise<AlarmReading[]> {
  const answered = await deps.alarms.read(names);
  const unanswered = answered.filter(({ state }) => state === 'unavailable').map(({ name }) => name);
  const noted = await new AlarmStates(deps.store).read(unanswered);
  return answered.map((reading) => noted.find(({ name, state }) => name === reading.name && state === 'alarm') ?? reading);
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
