import { createPrometheusApi, type PrometheusApi } from '../../adapters/metrics/prometheus-api.ts';
import type { Clock } from '../../core/ports.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { noFaults } from '../../sandbox/prometheus/faults.ts';
import { answerApi } from '../../sandbox/prometheus/http-api.ts';
import { QueryEngine } from '../../sandbox/prometheus/query-engine.ts';
import type { SeriesStore } from '../../sandbox/prometheus/series-store.ts';

/** A clock that stands where it was set, and on which nobody waits in vain: a time-out never comes. */
export function standingClock(atMs = 0): Clock & { set(atMs: number): void } {
  let nowMs = atMs;
  return {
    now: () => nowMs,
    sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
    set: (toMs) => {
      nowMs = toMs;
    },
  };
}

/** The sandbox's Prometheus, asked in this process for what a test has put into its store. */
export function fetchOf(store: SeriesStore): typeof globalThis.fetch {
  const engine = new QueryEngine(store, { lookbackMs: 300_000 });
  const options = { clock: new VirtualClock(), engine, rules: [], evaluationIntervalMs: 15_000, faults: noFaults() };
  return async (input, { method = 'GET', body } = {}) => {
    const answer = await answerApi(options, method, new URL(String(input)).pathname, new URLSearchParams(String(body ?? '')));
    return new Response(answer.body, { status: answer.status });
  };
}

export function prometheusOf(store: SeriesStore): PrometheusApi {
  return createPrometheusApi({ url: 'http://prometheus.example.com', clock: standingClock(), fetch: fetchOf(store) });
}
