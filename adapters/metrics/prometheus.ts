import * as z from 'zod/mini';
import { numberOf, type Outcome, oneOf, readValue } from '../../core/analysis/read-value.ts';
import type { Measurement, MetricProvider, MetricQuery } from '../../core/metric-ports.ts';
import { createPrometheusApi, type PrometheusApiOptions } from './prometheus-api.ts';

export { createPrometheusAlerts } from './prometheus-alerts.ts';

export interface PrometheusOptions extends PrometheusApiOptions {
  /**
   * How old a sample may be, where the answer tells its time. Prometheus itself stamps an instant vector with the time of the
   * query; caches before it may answer with an older one. Default 60 s.
   */
  readonly staleAfterMs?: number;
}

const sample = z.tuple([z.number(), z.string()]);
const queryData = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.optional(sample), histogram: z.optional(z.unknown()) })),
  }),
  z.object({ resultType: z.literal('matrix') }),
  z.object({ resultType: z.literal('string') }),
]);
type QueryData = z.infer<typeof queryData>;
const rangeData = z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z._default(z.array(sample), []) })) });

/**
 * Measures by instant queries to a Prometheus, all at once, each at the clock's present. A metric is one number: one sample or a
 * scalar. Anything else is no data, or where Prometheus did not do its part, unavailable.
 */
export function createPrometheus(options: PrometheusOptions): MetricProvider {
  const { clock, timeoutMs = 10_000, staleAfterMs = 60_000 } = options;
  const api = createPrometheusApi({ ...options, timeoutMs });

  const measureOne = async ({ name, query }: MetricQuery, atMs: number): Promise<Measurement> => {
    const answer = await api.ask('/api/v1/query', { query, time: String(atMs / 1000), timeout: `${Math.ceil(timeoutMs)}ms` });
    if (!answer.ok) {
      const { ok: _, ...none } = answer;
      return { name, atMs, status: 'unavailable', ...none };
    }
    if (answer.warnings.length > 0) {
      return { name, atMs, status: 'noData', why: `Prometheus warns that its answer may be partial: ${answer.warnings.join('; ')}` };
    }
    const parsed = z.safeParse(queryData, answer.data);
    const outcome: Outcome = parsed.success
      ? judgeData(parsed.data, atMs, staleAfterMs)
      : { status: 'unavailable', why: 'The answer of Prometheus has a shape that is not known.' };
    return { name, atMs, ...outcome };
  };

  return {
    measure: (queries) => {
      const atMs = clock.now();
      return Promise.all(queries.map((query) => measureOne(query, atMs)));
    },
    history: async ({ query }, { lastAtMs, everySeconds, count }) => {
      const start = lastAtMs / 1000 - (count - 1) * everySeconds;
      const times = { start: String(start), end: String(lastAtMs / 1000), step: String(everySeconds) };
      const answer = await api.ask('/api/v1/query_range', { query, ...times, timeout: `${Math.ceil(timeoutMs)}ms` });
      const parsed = answer.ok ? z.safeParse(rangeData, answer.data) : undefined;
      const [only, ...others] = parsed?.success ? parsed.data.result : [];
      if (only === undefined || others.length > 0) return [];
      const values = only.values.slice(-count).map(([seconds, text]) => ({ atMs: seconds * 1000, value: numberOf(text) }));
      return values.filter(({ value }) => Number.isFinite(value));
    },
  };
}

function judgeData(data: QueryData, atMs: number, staleAfterMs: number): Outcome {
  switch (data.resultType) {
    case 'scalar':
      return judgeSample(data.result, atMs, staleAfterMs);
    case 'vector': {
      const only = oneOf(data.result);
      if ('why' in only) return only;
      if (only.value !== undefined) return judgeSample(only.value, atMs, staleAfterMs);
      return wrong('The query answers a histogram, not a number; wrap it in histogram_quantile or histogram_avg.');
    }
    case 'matrix':
      return wrong('The query answers a range of samples, not a number; wrap it in rate or avg_over_time.');
    case 'string':
      return wrong('The query answers a string, not a number.');
  }
}

function wrong(why: string): Outcome {
  return { status: 'unavailable', why, wrongQuestion: true };
}

function judgeSample([seconds, text]: z.infer<typeof sample>, atMs: number, staleAfterMs: number): Outcome {
  const ageMs = atMs - seconds * 1000;
  if (ageMs > staleAfterMs) {
    return { status: 'noData', why: `The newest sample is ${Math.round(ageMs / 1000)} s old; at most ${staleAfterMs / 1000} s counts.` };
  }
  if (ageMs < -staleAfterMs) {
    return { status: 'unavailable', why: 'The sample is of a time to come: the clock of Prometheus is wrong.' };
  }
  return readValue(text);
}
