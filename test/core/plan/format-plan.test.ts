import { describe, expect, it } from 'vitest';
import { formatPlan } from '../../../core/plan/format-plan.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import { planInput } from './plan-input.ts';

describe('a plan as text', () => {
  it('is a table with times counted from the first weight', () => {
    const steps = [
      { weight: 5, bakeSeconds: 120 },
      { weight: 50, bakeSeconds: 300, pause: { forSeconds: 3_600, onDeadline: 'abort' as const } },
      { weight: 100, bakeSeconds: 600 },
    ];
    expect(formatPlan(planRollout(planInput({ steps }))).split('\n')).toEqual([
      "step  weight  bake  pause                 starts at    canary's share",
      '1     5       2m    -                     0s           5 %',
      '2     50      5m    up to 1h, then abort  2m           50 %',
      '3     100     10m   -                     7m or later  100 %',
      '',
      '3 steps, at least 17m, measured every 10s, deadline 1d.',
      '',
    ]);
  });

  it('shows shares below one in a hundred where the total allows them', () => {
    const steps = [
      { weight: 1, bakeSeconds: 60 },
      { weight: 1_000, bakeSeconds: 60 },
    ];
    expect(formatPlan(planRollout(planInput({ steps, totalWeight: 1_000 })))).toContain('0.1 %');
  });

  it('counts on from the least bake where evidence may shorten it, as it sums them up', () => {
    const steps = [
      { weight: 5, bakeSeconds: 120 },
      { weight: 50, bakeSeconds: 300 },
      { weight: 100, bakeSeconds: 600 },
    ];
    const plan = planRollout({ ...planInput({ steps }), pace: { kind: 'evidence', minimumBakeSeconds: 30 } });
    const starts = formatPlan(plan)
      .split('\n')
      .slice(1, 4)
      .map((row) => /(\d+m?s?(?: or later)?) +\d+ %$/.exec(row)?.[1]);
    expect(starts).toEqual(['0s', '30s or later', '1m or later']);
    expect(plan.minimumSeconds).toBe(60 + 600);
  });

  it.each([
    [9.7, '10 bad answers: 50 % for 2m'],
    [0.96, '1 bad answer: 50 % for 2m'],
    [0.234, '0.2 bad answers: 50 % for 2m'],
    [1234.5, '1,235 bad answers: 50 % for 2m'],
  ])('shows a cost of %d as %s', (badAnswers, shown) => {
    const plan = planRollout(planInput({}));
    expect(formatPlan(plan, [{ badAnswers, canaryShare: 0.5, seconds: 120 }])).toContain(shown);
  });
});
