import * as z from 'zod/mini';
import { type RangeAnswer, rangeAnswer } from '../../core/backtest/recording.ts';
import type { PrometheusApi } from './prometheus-api.ts';

/** From when to when, both included, a query is asked, and how far its points are apart. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepSeconds: number;
}

export type RangeResult = { readonly ok: true; readonly answer: RangeAnswer } | { readonly ok: false; readonly why: string };

/**
 * So many points of each series are asked for at once: Prometheus refuses more than 11,000, and this many of a thousand series are what one answer may
 * weigh. Source: https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
 */
export const pointsPerRequest = 500;

/** The parts of a range that are asked for one by one, the first first. */
export function partsOf({ startMs, endMs, stepSeconds }: Range): Range[] {
  const stepMs = stepSeconds * 1000;
  const points = Math.floor((endMs - startMs) / stepMs) + 1;
  return Array.from({ length: Math.ceil(points / pointsPerRequest) }, (_, index) => {
    const first = startMs + index * pointsPerRequest * stepMs;
    return { startMs: first, endMs: Math.min(endMs, first + (pointsPerRequest - 1) * stepMs), stepSeconds };
  });
}

/**
 * What a query was answered over a range, as /api/v1/query_range would say it in one answer. Where one part is not answered, there is no answer.
 *
 * @param onPart Called when a part was answered.
 */
export async function recordRange(api: PrometheusApi, query: string, range: Range, onPart: () => void): Promise<RangeResult> {
  const found = new Map<string, RangeAnswer['data']['result'][number]>();
  const warnings = new Set<string>();
  for (const { startMs, endMs, stepSeconds } of partsOf(range)) {
    const times = { start: String(startMs / 1000), end: String(endMs / 1000), step: String(stepSeconds) };
    const answered = await api.ask('/api/v1/query_range', { query, ...times });
    if (!answered.ok) return answered;
    const parsed = z.safeParse(rangeAnswer.shape.data, answered.data);
    if (!parsed.success) return { ok: false, why: `The answer of Prometheus to ${query} has a shape that is not known.` };
    for (const warning of answered.warnings) warnings.add(warning);
    for (const { metric, values } of parsed.data.result) {
      const key = JSON.stringify(Object.entries(metric).sort());
      const before = found.get(key);
      found.set(key, before === undefined ? { metric, values } : { metric, values: before.values.concat(values) });
    }
    onPart();
  }
  const data = { resultType: 'matrix' as const, result: [...found.values()] };
  return { ok: true, answer: { status: 'success', data, ...(warnings.size === 0 ? {} : { warnings: [...warnings].slice(0, 5) }) } };
}
