import type { Measurement, MetricProvider } from '../../core/metric-ports.ts';
import type { MetricProbe } from '../../core/preflight/metric-findings.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { type ProbeQuestion, probeQuestions } from './probe-questions.ts';

/**
 * How long a preflight waits for an answer at most. What takes longer is a source that does not answer now: the rollout begins, and holds by its policy
 * where that lasts.
 */
const patienceMs = 5_000;

/** Asks each query of a spec once, as an analysis will send it, all at the same time. */
export async function probeMetrics(deps: Pick<Deps, 'clock' | 'prometheus'>, spec: RolloutSpec): Promise<readonly MetricProbe[]> {
  const { prometheus } = spec.analysis;
  const asking = probeQuestions(spec);
  if (prometheus === undefined || asking.length === 0) return [];
  const provider = deps.prometheus(prometheus.url).metrics;
  return Promise.all(
    asking.map(async (question) => {
      const askedAtMs = deps.clock.now();
      const answer = await measureInTime(deps, provider, question);
      return { ...question, answer, tookMs: deps.clock.now() - askedAtMs };
    }),
  );
}

async function measureInTime(
  { clock }: Pick<Deps, 'clock'>,
  provider: MetricProvider,
  { name, query }: ProbeQuestion,
): Promise<Measurement> {
  const nothing = (why: string): Measurement => ({ name, atMs: clock.now(), status: 'unavailable', why });
  const answered = new AbortController();
  const late = clock.sleep(patienceMs, answered.signal).then(() => nothing(`Prometheus did not answer within ${patienceMs / 1000} s.`));
  const measured = provider.measure([{ name, query }]).then(([answer]) => answer ?? nothing('Prometheus left out an answer.'));
  const first = await Promise.race([measured, late]);
  answered.abort();
  return first;
}
