import { describe, expect, it } from 'vitest';
import { judgeShift } from '../../../core/analysis/judge-shift.ts';
import type { MannWhitneySpec } from '../../../core/spec/mann-whitney-spec.ts';
import { usually } from '../rollout/rollout-for-tests.ts';

const p99: MannWhitneySpec = {
  name: 'p99',
  mannWhitney: {
    canary: 'p99{service="{{canary}}"}',
    baseline: 'p99{service="{{stable}}"}',
    direction: 'increase',
    confidence: '98%',
    tolerance: 0.25,
    effect: 1,
    everySeconds: 10,
    samples: 10,
  },
  role: usually,
};
const judge = (canary: readonly number[], baseline: readonly number[], asked: Partial<MannWhitneySpec['mannWhitney']> = {}) =>
  judgeShift({ ...p99, mannWhitney: { ...p99.mannWhitney, ...asked } }, canary, baseline);
const around = (middle: number, count = 20) => Array.from({ length: count }, (_, index) => middle + ((index * 7) % 20) - 9.5);

describe('two samples', () => {
  it('that lie alike pass', () => {
    expect(judge(around(100), around(100))).toMatchObject({ verdict: 'pass', value: 100 });
  });

  it('that differ by the dust of binary fractions pass', () => {
    expect(judge(Array(20).fill(0.1 + 0.2), Array(20).fill(0.3))).toMatchObject({ verdict: 'pass' });
  });

  it('of which the canary lies higher fail, and it is said by how much', () => {
    expect(judge(around(130), around(100))).toEqual({
      name: 'p99',
      verdict: 'fail',
      value: 130,
      reason:
        "p99: the canary's 20 values lie 30 from stable's 20 (25 to 35, 98 %), by the test of Mann and Whitney; higher counts as worse.",
    });
  });

  it.each([
    ['increase', 130, 'fail'],
    ['increase', 70, 'pass'],
    ['decrease', 130, 'pass'],
    ['decrease', 70, 'fail'],
    ['either', 130, 'fail'],
    ['either', 70, 'fail'],
  ] as const)('by direction %s, the canary around %i where stable is around 100: %s', (direction, middle, verdict) => {
    expect(judge(around(middle), around(100), { direction }).verdict).toBe(verdict);
  });

  it('that differ by less than the effect asked for pass', () => {
    expect(judge(around(130), around(100), { effect: 1.25 }).verdict).toBe('fail');
    expect(judge(around(130), around(100), { effect: 1.5 }).verdict).toBe('pass');
    expect(judge(around(130), around(0), { effect: 100 }).verdict).toBe('fail');
  });

  it('of which one is too small say nothing, and what is no number is no value', () => {
    expect(judge([], around(100))).toMatchObject({ verdict: 'inconclusive' });
    expect(judge(around(130, 10), around(100, 9))).toMatchObject({
      verdict: 'inconclusive',
      reason: 'p99 has too few values: 10 of the canary and 9 of stable, of the 10 that it needs of each.',
    });
    expect(judge([...around(130, 9), Number.NaN, Number.POSITIVE_INFINITY], around(100)).verdict).toBe('inconclusive');
  });
});
