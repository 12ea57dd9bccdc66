import type { MetricQuery } from '../../core/metric-ports.ts';
import type { ReadyMade } from '../../core/preflight/metric-findings.ts';
import type { ThresholdSpec } from '../../core/spec/query-spec.ts';
import {
  isMannWhitney,
  isPrometheusMetric,
  isSaturation,
  type MetricSpec,
  type PrometheusMetric,
  type RolloutSpec,
} from '../../core/spec/rollout-spec.ts';
import type { SaturatedResource, SaturationSpec } from '../../core/spec/saturation-spec.ts';
import type { ThroughputSpec } from '../../core/spec/throughput-spec.ts';
import { workloadNamesOf } from './door-target.ts';
import { metricQueries } from './metric-queries.ts';

/** What is asked before a rollout, ready to send. */
export interface ProbeQuestion extends MetricQuery {
  /** Whether it is of the canary, which there is none of before a rollout. */
  readonly asksForCanary: boolean;
  readonly dryRun: boolean;
  readonly readyMade?: ReadyMade;
}

/** What all metrics ask of Prometheus, and for those whose queries Sluice wrote the same of what runs now. What the mesh compares is not among it. */
export function probeQuestions(spec: RolloutSpec): readonly ProbeQuestion[] {
  return spec.analysis.metrics.flatMap((metric) =>
    questionsOf(metric, spec).map((question) => ({ ...question, dryRun: metric.role.dryRun })),
  );
}

function questionsOf(metric: MetricSpec, spec: RolloutSpec): readonly Omit<ProbeQuestion, 'dryRun'>[] {
  if (isMannWhitney(metric)) {
    const { canary, baseline } = metric.mannWhitney;
    return asWritten(
      [
        { name: metric.name, query: canary },
        { name: `${metric.name} of stable`, query: baseline },
      ],
      spec,
    );
  }
  if (!isPrometheusMetric(metric)) return [];
  if ('throughputOf' in metric) return throughputQuestions(metric, spec);
  return isSaturation(metric) ? saturationQuestions(metric, spec) : asWritten([metric], spec);
}

function asWritten(asked: readonly MetricQuery[], spec: RolloutSpec): Omit<ProbeQuestion, 'dryRun'>[] {
  const { canaryService, canaryDeployment } = workloadNamesOf(spec);
  return metricQueries(asked, spec).map((question) => {
    return { ...question, asksForCanary: [canaryService, canaryDeployment].some((name) => question.query.includes(name)) };
  });
}

const exporters: Readonly<Record<SaturatedResource, string>> = {
  cpu: "the kubelets' cAdvisor is scraped (container_cpu_cfs_periods_total)",
  memory:
    "the kubelets' cAdvisor is scraped (container_memory_working_set_bytes, and container_spec_memory_limit_bytes or kube-state-metrics)",
};

function saturationQuestions(metric: SaturationSpec, spec: RolloutSpec): Omit<ProbeQuestion, 'dryRun'>[] {
  const ofStable = { name: `${metric.name} of stable`, query: metric.query.replaceAll('{{canaryWorkload}}', '{{stableWorkload}}') };
  const remedyWhereSilent = `See that ${exporters[metric.saturation]}, and that stable's containers have limits.`;
  const readyMade = { remedyWhereSilent, thresholds: thresholdsOf(metric) };
  return asWritten([metric, ofStable], spec).map((question) => ({ ...question, readyMade }));
}

function throughputQuestions(metric: ThroughputSpec, spec: RolloutSpec): Omit<ProbeQuestion, 'dryRun'>[] {
  const remedyWhereSilent = 'See that Prometheus scrapes the mesh, and that the service has traffic.';
  const { name } = metric;
  if (metric.throughputOf === 'service') {
    const readyMade = { remedyWhereSilent, thresholds: thresholdsOf(metric) };
    return metricQueries([metric], spec).map((question) => ({ ...question, asksForCanary: false, readyMade }));
  }
  // What both sides answer says nothing of the thresholds of one.
  const ofBoth = { ...metric, name: `${name}, and of stable`, throughputOf: 'service' as const };
  const readyMade = { remedyWhereSilent, thresholds: { name, failures: metric.failures } };
  return metricQueries([metric, ofBoth], spec).map((question, index) => ({ ...question, asksForCanary: index === 0, readyMade }));
}

function thresholdsOf({ name, min, max, failures }: PrometheusMetric): ThresholdSpec {
  return { name, failures, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
