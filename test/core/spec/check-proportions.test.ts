import { describe, expect, it } from 'vitest';
import { changed, problemsIn, withAnalysis } from './spec-text.ts';

const withMetrics = (...metrics: readonly string[]) =>
  withAnalysis(`analysis:\n  prometheus:\n    url: http://p:9090\n  metrics:\n${metrics.map((metric) => `    - ${metric}\n`).join('')}`);

describe('metrics that compare the canary with stable', () => {
  const everyHalfHour = (...metrics: readonly string[]) =>
    changed('bake: 2m', 'bake: 30m', changed('bake: 5m', 'bake: 30m', withMetrics(...metrics)));

  it('need an interval at which a count goes on from look to look', () => {
    expect(problemsIn(`${everyHalfHour('successRate')}  interval: 9m\n`)).toEqual([]);
    expect(problemsIn(`${everyHalfHour('successRate')}  interval: 10m\n`)).toMatchObject([
      {
        path: 'analysis.interval',
        found: '10m',
        expected: 'at most 9m beside successRate and latency',
        hint: expect.stringContaining('begins anew'),
      },
    ]);
  });

  it.each([
    ['10s', '19s', '20s'],
    ['30s', '59s', '1m'],
    ['5m', '0s', '1m'],
  ])(
    'need, at an interval of %s, a hold that is longer than %s: until they have counted anything, they have no data',
    (interval, short, least) => {
      const expected = `a hold of at least ${least}`;
      const at = (hold: string, ...metrics: readonly string[]) =>
        problemsIn(`${everyHalfHour(...metrics)}  interval: ${interval}\npolicies: { noData: { hold: ${hold} } }\n`);
      expect(at(least, 'successRate')).toEqual([]);
      expect(at(short, 'successRate')).toMatchObject([
        { path: 'analysis.metrics[0]', found: `${short} as the hold where there is no data`, expected },
      ]);
      expect(at(short, `{ successRate: {}, noData: { hold: ${least} } }`)).toEqual([]);
      expect(at(least, `{ successRate: {}, noData: { hold: ${short}, onDeadline: advance } }`)).toMatchObject([
        { path: 'analysis.metrics[0].noData', expected },
      ]);
      expect(at(short, '{ name: up, query: up, min: 1 }', '{ successRate: {}, dryRun: true }')).toEqual([]);
    },
  );
});
