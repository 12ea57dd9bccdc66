import { describe, expect, it } from 'vitest';
import type { ApiResult, PrometheusApi } from '../../../adapters/metrics/prometheus-api.ts';
import { partsOf, recordRange } from '../../../adapters/metrics/record-range.ts';

const range = { startMs: 1_000_000, endMs: 1_000_000 + 1_199 * 10_000, stepSeconds: 10 };

/** A Prometheus that answers with a counter of seconds, and from some part on with another series too. */
function counting(answer: (start: number, end: number) => ApiResult): {
  readonly api: PrometheusApi;
  readonly asked: Record<string, string>[];
} {
  const asked: Record<string, string>[] = [];
  const ask: PrometheusApi['ask'] = async (_, form = {}) => {
    asked.push({ ...form });
    return answer(Number(form['start']), Number(form['end']));
  };
  return { api: { ask }, asked };
}
const matrix = (...result: readonly object[]): ApiResult => ({ ok: true, data: { resultType: 'matrix', result }, warnings: [] });
const series = (pod: string, start: number, end: number) => {
  const count = (end - start) / 10 + 1;
  return { metric: { pod }, values: Array.from({ length: count }, (_, index) => [start + index * 10, `${start + index * 10}`]) };
};

describe('a range of a query', () => {
  it('is asked for in parts that Prometheus answers, without a point twice or none', () => {
    const parts = partsOf(range);
    expect(parts.map(({ startMs, endMs }) => (endMs - startMs) / 10_000 + 1)).toEqual([500, 500, 200]);
    expect(parts.slice(1).map(({ startMs }, index) => startMs - (parts[index]?.endMs ?? 0))).toEqual([10_000, 10_000]);
    expect(partsOf({ ...range, endMs: range.startMs })).toHaveLength(1);
    expect(partsOf({ ...range, endMs: range.startMs + 4_000 })).toEqual([{ ...range, endMs: range.startMs + 4_000 }]);
  });

  it('comes to what one answer would have said: each series once, its points in order', async () => {
    let answered = 0;
    const { api, asked } = counting((start, end) =>
      start > 1_000 ? matrix(series('b', start, end), series('a', start, end)) : matrix(series('a', start, end)),
    );
    const result = await recordRange(api, 'up', range, () => {
      answered += 1;
    });
    expect(result.ok && result.answer.data.result.map(({ metric, values }) => [metric['pod'], values.length])).toEqual([
      ['a', 1_200],
      ['b', 700],
    ]);
    const seconds = result.ok ? result.answer.data.result.map(({ values }) => values.map(([second]) => second)) : [];
    expect(seconds.map((each) => each.every((second, index) => index === 0 || second === (each[index - 1] ?? 0) + 10))).toEqual([
      true,
      true,
    ]);
    expect([answered, asked.length, asked[0]]).toEqual([3, 3, { query: 'up', start: '1000', end: '5990', step: '10' }]);
  });

  it('has no answer where one part has none', async () => {
    const { api, asked } = counting((start, end) =>
      start > 1_000 ? { ok: false, why: 'The connection was cut.' } : matrix(series('a', start, end)),
    );
    expect(await recordRange(api, 'up', range, () => undefined)).toEqual({ ok: false, why: 'The connection was cut.' });
    expect(asked).toHaveLength(2);
  });

  it('keeps what Prometheus warned of, once', async () => {
    const { api } = counting((start, end) => ({
      ok: true,
      data: { resultType: 'matrix', result: [series('a', start, end)] },
      warnings: ['partial'],
    }));
    const result = await recordRange(api, 'up', range, () => undefined);
    expect(result.ok && result.answer.warnings).toEqual(['partial']);
  });

  it('is refused where the answer is none to a range', async () => {
    const { api } = counting(() => ({ ok: true, data: { resultType: 'scalar', result: [1, '1'] }, warnings: [] }));
    expect(await recordRange(api, 'up', range, () => undefined)).toMatchObject({ ok: false, why: expect.stringContaining('shape') });
  });
});
