import type { Measurement, MetricProvider, MetricQuery } from '../../core/metric-ports.ts';
import type { MetricProbe } from '../../core/preflight/metric-findings.ts';
import { isMannWhitney, isQuery, type MetricSpec, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { workloadNamesOf } from './door-target.ts';
import { metricQueries } from './metric-queries.ts';

/**
 * How long a preflight waits for an answer at most. What takes longer is a source that does not answer now: the rollout begins, and holds by its policy
 * where that lasts.
 */
const patienceMs = 5_000;

/** Asks each query of a spec once, as an analysis will send it, all at the same time. */
export async function probeMetrics(deps: Pick<Deps, 'clock' | 'prometheus'>, spec: RolloutSpec): Promise<readonly MetricProbe[]> {
  const { prometheus, metrics } = spec.analysis;
  const asking = metrics.flatMap((metric) => questionsOf(metric).map((question) => ({ ...question, dryRun: metric.role.dryRun })));
  if (prometheus === undefined || asking.length === 0) return [];
  const names = workloadNamesOf(spec);
  const provider = deps.prometheus(prometheus.url).metrics;
  return Promise.all(
    metricQueries(asking, spec, names).map(async ({ name, query }, index) => {
      const askedAtMs = deps.clock.now();
      const answer = await measureInTime(deps, provider, { name, query });
      const { dryRun = false } = asking[index] ?? {};
      return { name, query, asksForCanary: query.includes(names.canaryService), answer, tookMs: deps.clock.now() - askedAtMs, dryRun };
    }),
  );
}

/** What a metric asks of Prometheus in its own words; what the mesh counts is asked in ours. */
function questionsOf(metric: MetricSpec): readonly MetricQuery[] {
  if (isQuery(metric)) return [metric];
  if (!isMannWhitney(metric)) return [];
  const { canary, baseline } = metric.mannWhitney;
  return [
    { name: metric.name, query: canary },
    { name: `${metric.name} of stable`, query: baseline },
  ];
}

async function measureInTime(
  { clock }: Pick<Deps, 'clock'>,
  provider: MetricProvider,
  query: { readonly name: string; readonly query: string },
): Promise<Measurement> {
  const { name } = query;
  const nothing = (why: string): Measurement => ({ name, atMs: clock.now(), status: 'unavailable', why });
  const answered = new AbortController();
  const late = clock.sleep(patienceMs, answered.signal).then(() => nothing(`Prometheus did not answer within ${patienceMs / 1000} s.`));
  const measured = provider.measure([query]).then(([answer]) => answer ?? nothing('Prometheus left out an answer.'));
  const first = await Promise.race([measured, late]);
  answered.abort();
  return first;
}
