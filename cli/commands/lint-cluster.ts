import { systemClock } from '../../adapters/clock.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { surveyFindings } from '../../core/preflight/metric-survey.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { inspectRollout } from '../../runtime/acts/inspect-rollout.ts';
import { type MetricsSurvey, surveyMetrics } from '../../runtime/acts/survey-metrics.ts';
import { openKubeconfig } from '../connection/kubeconfig/open-kubeconfig.ts';
import { openPrometheus } from '../connection/open-prometheus.ts';
import type { Io } from '../output/io.ts';

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Where the Prometheus of the specs answers from here. */
  readonly prometheus?: string;
}

/** What was found in a cluster, spec by spec. */
export interface ClusterInspection {
  readonly context: string;
  readonly server: string;
  readonly rollouts: readonly {
    readonly rollout: string;
    readonly file: string;
    readonly findings: readonly Finding[];
    readonly metrics: MetricsSurvey;
  }[];
}

/**
 * Looks at the service of each spec as the preflight of its rollout would, by the person's own kubeconfig, and asks its metrics. One after the other, so that a
 * folder of specs does not come over the API server like a storm.
 *
 * @throws NotFoundError, InvalidInputError, ClusterForbiddenError, ClusterUnavailableError
 */
export async function inspectInCluster(
  { cwd, environment, clock = systemClock }: Pick<Io, 'cwd' | 'environment' | 'clock'>,
  specs: readonly { readonly file: string; readonly spec: RolloutSpec }[],
  { kubeconfig, context, prometheus }: ClusterOptions,
): Promise<ClusterInspection> {
  const opened = await openKubeconfig({ file: kubeconfig, context, cwd, environment, clock: systemClock });
  const deps = { clock, prometheus: openPrometheus(clock, prometheus) };
  const rollouts: ClusterInspection['rollouts'][number][] = [];
  for (const { file, spec } of specs) {
    const [inCluster, metrics] = await Promise.all([inspectRollout(opened.api, spec), surveyMetrics(deps, spec)]);
    const findings = [...inCluster, ...surveyFindings(metrics.proportions, metrics.queries)];
    rollouts.push({ rollout: spec.name, file, findings, metrics });
  }
  return { context: opened.context, server: opened.server, rollouts };
}
