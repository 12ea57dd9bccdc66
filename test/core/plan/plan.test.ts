import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastBakeOf, planRollout } from '../../../core/plan/plan.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { spec } from '../rollout/rollout-for-tests.ts';
import { planInput } from './plan-input.ts';

const answered = { prometheus: { url: 'http://prometheus.example.com' } };
type Source = NonNullable<RolloutSpecSource['analysis']['metrics']>[number];

describe('a plan', () => {
  it.each([
    ['linear, the last step shorter', { linear: { by: 30, bakeSeconds: 60 } }, [30, 60, 90, 100]],
    ['linear, even', { linear: { by: 25, bakeSeconds: 60 } }, [25, 50, 75, 100]],
    ['linear, all at once', { linear: { by: 100, bakeSeconds: 60 } }, [100]],
    ['exponential', { exponential: { from: 1, factor: 3, bakeSeconds: 60 } }, [1, 3, 9, 27, 81, 100]],
    ['exponential, by a small factor', { exponential: { from: 5, factor: 1.5, bakeSeconds: 60 } }, [5, 8, 11, 17, 25, 38, 57, 85, 100]],
  ])('expands steps: %s', (_, steps, weights) => {
    const plan = planRollout(planInput({ steps }));
    expect(plan.steps.map(({ weight }) => weight)).toEqual(weights);
    expect(plan.steps.map(({ index }) => index)).toEqual(weights.map((_weight, index) => index));
    expect(plan.minimumSeconds).toBe(60 * weights.length);
  });

  it('keeps listed steps as they are, with their pauses', () => {
    const plan = planRollout(
      planInput({
        steps: [
          { weight: 5, bakeSeconds: 120, pause: { forSeconds: 3_600, onDeadline: 'advance' } },
          { weight: 100, bakeSeconds: 300 },
        ],
      }),
    );
    expect(plan).toEqual({
      totalWeight: 100,
      steps: [
        { index: 0, weight: 5, bakeSeconds: 120, pause: { forSeconds: 3_600, onDeadline: 'advance' } },
        { index: 1, weight: 100, bakeSeconds: 300 },
      ],
      minimumSeconds: 420,
      longestSeconds: 4_020,
      deadlineSeconds: 86_400,
      tick: { intervalSeconds: 10 },
    });
  });

  it('may bake each step twice where answers are compared, because each may be in doubt', () => {
    const compared = spec({
      steps: [{ weight: 100, bake: '5m', pause: { for: '1m' } }],
      analysis: { ...answered, metrics: ['successRate'] },
    });
    expect(planRollout(compared)).toMatchObject({ minimumSeconds: 300, longestSeconds: 660 });
  });

  it('counts the time in which nothing bakes because the canary warms up, unless something is asked at once', () => {
    const query = (initialDelay: string) => ({ name: 'errors', query: 'errors', max: 1, initialDelay });
    const warming = (...metrics: Source[]) => planRollout(spec({ analysis: { ...answered, metrics, warmUp: '2m' } }));
    expect(warming('successRate')).toMatchObject({ warmUpSeconds: 120, minimumSeconds: 600, longestSeconds: 120 + 2 * 480 + 600 });
    expect(warming('successRate', query('1m'))).toMatchObject({ warmUpSeconds: 60 });
    expect(warming('successRate', query('0s'))).not.toHaveProperty('warmUpSeconds');
    expect(warming('successRate', { ...query('0s'), dryRun: true })).toMatchObject({ warmUpSeconds: 120 });
  });

  it('may leave each step but the last as soon as the evidence is there', () => {
    const paced = spec({ pace: { evidence: { minimumBake: '90s' } } });
    expect(planRollout(paced).steps.map((step) => [step.bakeSeconds, leastBakeOf(step)])).toEqual([
      [60, 60],
      [120, 90],
      [300, 300],
    ]);
    expect(planRollout(paced).minimumSeconds).toBe(450);
  });

  const total = fc.integer({ min: 100, max: 100_000 });
  const shorthand = total.chain((totalWeight) =>
    fc.record({
      totalWeight: fc.constant(totalWeight),
      steps: fc.oneof(
        fc.record({
          linear: fc.record({ by: fc.integer({ min: Math.ceil(totalWeight / 500), max: totalWeight }), bakeSeconds: fc.constant(60) }),
        }),
        fc.record({
          exponential: fc.record({
            from: fc.integer({ min: 1, max: totalWeight }),
            factor: fc.double({ min: 1.1, max: 100, noNaN: true }),
            bakeSeconds: fc.constant(60),
          }),
        }),
      ),
    }),
  );

  it('J6: rises strictly, from at least 1 to the total, in integers', () => {
    fc.assert(
      fc.property(shorthand, ({ totalWeight, steps }) => {
        const weights = planRollout(planInput({ steps, totalWeight })).steps.map(({ weight }) => weight);
        expect(weights.every(Number.isSafeInteger)).toBe(true);
        expect(weights[0]).toBeGreaterThanOrEqual(1);
        expect(weights.at(-1)).toBe(totalWeight);
        expect(weights.every((weight, index) => index === 0 || weight > (weights[index - 1] ?? 0))).toBe(true);
      }),
    );
  });
});
