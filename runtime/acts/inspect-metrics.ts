import type { CloudWatchMetrics, CloudWatchQuestion, MetricFilter } from '../../core/metric-ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import {
  isMeant,
  type LookedUpSeries,
  lookedUpIn,
  silentValue,
  unknownDimensions,
  unknownName,
  unknownValue,
} from '../../core/preflight/unknown-metric.ts';
import { isCloudWatch, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { questionFor } from './judge-datapoints.ts';

/**
 * What speaks against the metrics that a spec asks of CloudWatch: names that it does not know, and questions that it can't read (J7). One ListMetrics for
 * each metric that is there, three or four for one that is not; and one GetMetricData, for all. A CloudWatch that does not answer speaks against nothing: what
 * could not be looked at is told, and what is wrong with a metric that is only tried out (`dryRun`) is a warning.
 */
export async function inspectMetrics(cloudWatch: CloudWatchMetrics, spec: RolloutSpec): Promise<readonly Finding[]> {
  const metrics = spec.analysis.metrics.filter(isCloudWatch);
  if (metrics.length === 0) return [];
  const looked = new Map<string, { readonly series: LookedUpSeries; readonly isTried: boolean }>();
  for (const { asks, role } of metrics) {
    for (const series of lookedUpIn(asks)) {
      const key = JSON.stringify(series);
      looked.set(key, { series, isTried: role.dryRun && looked.get(key)?.isTried !== false });
    }
  }
  const found = await Promise.all([
    inspectQuestions(
      cloudWatch,
      metrics.map(({ name, asks, role }) => ({ name, asks: questionFor(asks, spec), isTried: role.dryRun })),
    ),
    ...[...looked.values()].map(async ({ series, isTried }) => inRole(await inspectSeries(cloudWatch, series), isTried)),
  ]);
  const distinct = new Map(found.flat().map((finding) => [JSON.stringify([finding.severity, finding.message]), finding]));
  return [...distinct.values()];
}

/** What never counts refuses nothing. */
function inRole(findings: readonly Finding[], isTried: boolean): Finding[] {
  return findings.map((finding) => (isTried && finding.severity === 'refusal' ? { ...finding, severity: 'warning' } : finding));
}

interface Asked {
  readonly name: string;
  readonly asks: CloudWatchQuestion;
  readonly isTried: boolean;
}

async function inspectQuestions(cloudWatch: CloudWatchMetrics, metrics: readonly Asked[]): Promise<Finding[]> {
  const answers = await cloudWatch.measure(metrics.map(({ asks }) => asks));
  return answers.flatMap((answer, index): Finding[] => {
    if (answer.status !== 'unavailable') return [];
    const subject = `metric ${metrics[index]?.name}`;
    const remedy = answer.isRefused === true ? 'Correct its expression, statistic or period in the spec.' : '';
    const finding: Finding = { severity: answer.isRefused === true ? 'refusal' : 'unread', subject, message: answer.why, remedy };
    return inRole([finding], metrics[index]?.isTried === true);
  });
}

async function inspectSeries(cloudWatch: CloudWatchMetrics, looked: LookedUpSeries): Promise<Finding[]> {
  const { series, fixed, mayBeSilent } = looked;
  const { namespace, metricName } = series;
  const dimensions = Object.keys(series.dimensions).map((name) => ({ name, ...(fixed[name] === undefined ? {} : { value: fixed[name] }) }));
  const list = lister(cloudWatch);
  const there = await list({ namespace, metricName, dimensions });
  if (typeof there === 'string') return [unread(looked, there)];
  if (!there.isWhole || there.metrics.some((listed) => isMeant(looked, listed))) return [];
  if (!mayBeSilent) {
    const named = await list({ namespace, metricName });
    if (typeof named === 'string') return [unread(looked, named)];
    if (named.isWhole && named.metrics.length === 0) {
      const others = await list({ namespace });
      return typeof others === 'string'
        ? [unread(looked, others)]
        : [
            unknownName(
              looked,
              others.metrics.map((other) => other.metricName),
            ),
          ];
    }
    const misnamed = named.isWhole ? unknownDimensions(looked, named.metrics) : undefined;
    if (misnamed !== undefined) return [misnamed];
  }
  const findings = await Promise.all(Object.entries(fixed).map(([name, value]) => inspectValue(list, looked, { name, value })));
  return findings.flat();
}

/** A value that no metric of the namespace has is a mistake; one that others have may only have been silent here. */
async function inspectValue(
  list: ReturnType<typeof lister>,
  looked: LookedUpSeries,
  dimension: { readonly name: string; readonly value: string },
): Promise<Finding[]> {
  const { name, value } = dimension;
  const having = await list({ namespace: looked.series.namespace, dimensions: [dimension] });
  if (typeof having === 'string') return [unread(looked, having)];
  if (!having.isWhole || having.metrics.length > 0) return [];
  return [name === 'TargetGroup' && looked.mayBeSilent ? silentValue(looked, name, value) : unknownValue(looked, name, value)];
}

/** The listing, or why there is none. */
function lister(cloudWatch: CloudWatchMetrics) {
  return async (filter: MetricFilter) => {
    const listing = await cloudWatch.list(filter);
    return listing.status === 'listed' ? listing : listing.why;
  };
}

function unread({ series }: LookedUpSeries, message: string): Finding {
  return { severity: 'unread', subject: `metric ${series.namespace} ${series.metricName}`, message, remedy: '' };
}
