import { describe, expect, it } from 'vitest';
import { counting, engineWith } from '../series.ts';

describe('a range query', () => {
  const engine = engineWith(10_000, { 'a{i="2"}': counting(0, 1, 7), 'a{i="1"}': [undefined, undefined, 5, 'stale'], b: [1] });
  const steps = { startMs: 0, endMs: 60_000, stepMs: 20_000 };

  it('evaluates at each step, first and last included, and orders the series by their labels', () => {
    const answered = engine
      .range('a', steps)
      .result.map(({ labels, points }) => [labels['i'], points.map(({ atMs, value }) => [atMs / 1000, value])]);
    expect(answered).toEqual([
      ['1', [[20, 5]]],
      [
        '2',
        [
          [0, 0],
          [20, 2],
          [40, 4],
          [60, 6],
        ],
      ],
    ]);
  });

  it('answers a scalar as one series without labels', () => {
    expect(engine.range('time()', steps).result).toMatchObject([
      { labels: {}, points: [{ value: 0 }, { value: 20 }, { value: 40 }, { value: 60 }] },
    ]);
  });

  it.each([
    ['a[5m]', 'invalid expression type "range vector" for range query, must be Scalar or instant Vector'],
    ['"a"', 'invalid expression type "string" for range query, must be Scalar or instant Vector'],
  ])('refuses %s', (query, message) => {
    expect(() => engine.range(query, steps)).toThrow(message);
  });
});
