import { describe, expect, it } from 'vitest';
import { planRollout } from '../../../core/plan/plan.ts';
import { worstCase } from '../../../core/plan/worst-case.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { judgedRollout } from '../../runtime/acts/judged-rollout.ts';
import { spec as specOf, specSource } from '../rollout/rollout-for-tests.ts';

type Metrics = NonNullable<RolloutSpecSource['analysis']['metrics']>;

const stableShare = 0.001;
const traffic = { requestsPerSecond: 1000, stableShare };
const { prometheus } = specSource().analysis;
const steps: RolloutSpecSource['steps'] = [
  { weight: 10, bake: '5m' },
  { weight: 100, bake: '5m' },
];

const change = (metrics: Metrics, more: Partial<RolloutSpecSource> = {}): Partial<RolloutSpecSource> => ({
  analysis: { interval: '10s', prometheus, metrics, alarms: ['checkout-errors'] },
  steps,
  deadlines: { rollout: '12h' },
  ...more,
});

const worstOf = (metrics: Metrics, more: Partial<RolloutSpecSource> = {}) => {
  const spec = specOf(change(metrics, more));
  return worstCase(spec, planRollout(spec), traffic);
};

const secondsOf = (metrics: Metrics, more: Partial<RolloutSpecSource> = {}) => worstOf(metrics, more)?.map(({ seconds }) => seconds);

/** How many bad answers above stable's a version costs that turns bad with a step, by the judge itself; two seconds after it failed traffic is back. */
async function judgedCost(metrics: Metrics, badFrom: 0 | 1, share: number): Promise<number> {
  const all = (weight: number) => weight * traffic.requestsPerSecond * 10;
  const looks = await judgedRollout(change(metrics), {
    interval: (_, isFullWeight) => {
      const [canary, stable] = isFullWeight ? [all(1), 0] : [all(0.1), all(0.9)];
      const isBad = badFrom === 0 || isFullWeight;
      return {
        canary: { all: canary, bad: Math.round(canary * (isBad ? share : stableShare)) },
        stable: { all: stable, bad: Math.round(stable * stableShare) },
        value: 0,
      };
    },
    mishap: () => undefined,
  });
  const last = looks.at(-1);
  const ofStep = looks.filter(({ stepIndex }) => stepIndex === badFrom);
  expect(last).toMatchObject({ stepIndex: badFrom, decision: { action: 'abort', reason: 'analysis' } });
  return (share - stableShare) * (badFrom === 0 ? 0.1 : 1) * traffic.requestsPerSecond * (ofStep.length * 10 + 2);
}

describe('what a rollout may cost at worst', () => {
  const objective = { successRate: { objective: '99.9%' } };
  const alone = { successRate: { objective: '99.9%', baseline: 'none' as const } };

  it.each([
    { name: 'beside stable', metrics: ['successRate' as const] },
    { name: 'with an objective', metrics: [objective] },
    { name: 'without a baseline', metrics: [alone] },
  ])('is what the judge takes to notice it, $name', async ({ metrics }) => {
    const worst = worstOf(metrics) ?? [];
    for (const [index, step] of ([0, 1] as const).entries()) {
      const costs = await Promise.all([1, 0.95, 0.5, 0.2, 0.05].map((share) => judgedCost(metrics, step, share)));
      expect(worst[index]?.badAnswers).toBeGreaterThanOrEqual(Math.max(...costs) * 0.99);
      expect(worst[index]?.badAnswers).toBeLessThanOrEqual(Math.max(...costs) * 1.2);
    }
  });

  it('is all that a step lasts where nothing counts its answers yet', () => {
    expect(worstOf([{ successRate: {}, startingStep: 2 }])).toMatchObject([{ canaryShare: 1, seconds: 602 }, { seconds: 72 }]);
    expect(secondsOf([{ successRate: {}, startingStep: 2 }, { latency: { above: '1s' } }])).toEqual([32, 72]);
    expect(secondsOf([{ successRate: {}, initialDelay: '2m' }])).toEqual([152, 72]);
    expect(
      secondsOf([
        { successRate: {}, initialDelay: '6m' },
        { name: 'up', query: 'up', min: 1 },
      ]),
    ).toEqual([392, 132]);
  });

  it('takes the second bake, and the pause, into account where little traffic tells little', () => {
    const little = { requestsPerSecond: 0.1, stableShare };
    const spec = specOf(
      change(['successRate'], {
        steps: [
          { weight: 10, bake: '5m', pause: { for: '1h' } },
          { weight: 100, bake: '5m' },
        ],
      }),
    );
    expect(worstCase(spec, planRollout(spec), little)?.map(({ seconds }) => seconds)).toEqual([4202, 582]);
  });

  it('is not known by a metric that does not roll back', () => {
    expect(worstOf([{ successRate: {}, critical: false }])).toBeUndefined();
    expect(
      worstOf([
        { successRate: {}, dryRun: true },
        { name: 'up', query: 'up', min: 1 },
      ]),
    ).toBeUndefined();
  });

  it('is nothing where the canary gets copies', () => {
    const mirrored = {
      steps: [
        { mirror: 10, bake: '5m' },
        { weight: 100, bake: '5m' },
      ],
    };
    expect(worstOf(['successRate'], mirrored)?.[0]).toMatchObject({ badAnswers: 0 });
  });
});
