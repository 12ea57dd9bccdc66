import { fillQuery } from '../../core/analysis/query-template.ts';
import type { Measurement, MetricProvider } from '../../core/metric-ports.ts';
import type { MetricProbe } from '../../core/preflight/metric-findings.ts';
import { isQuery, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { workloadNamesOf } from './door-target.ts';

/**
 * How long a preflight waits for an answer at most. What takes longer is a source that does not answer now: the rollout begins, and holds by its policy
 * where that lasts.
 */
const patienceMs = 5_000;

/** Asks each query of a spec once, as an analysis will send it, all at the same time. */
export async function probeMetrics(deps: Pick<Deps, 'clock' | 'prometheus'>, spec: RolloutSpec): Promise<readonly MetricProbe[]> {
  const { prometheus, intervalSeconds, metrics } = spec.analysis;
  const queries = metrics.filter(isQuery);
  if (prometheus === undefined || queries.length === 0) return [];
  const { canaryService: canary, stableService: stable } = workloadNamesOf(spec);
  const provider = deps.prometheus(prometheus.url).metrics;
  return Promise.all(
    queries.map(async ({ name, query: template, role: { dryRun } }) => {
      const query = fillQuery(template, { canary, stable, namespace: spec.namespace, intervalSeconds });
      const askedAtMs = deps.clock.now();
      const answer = await measureInTime(deps, provider, { name, query });
      return { name, query, asksForCanary: query.includes(canary), answer, tookMs: deps.clock.now() - askedAtMs, dryRun };
    }),
  );
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
