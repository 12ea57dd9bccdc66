import { describe, expect, it } from 'vitest';
import { expectedHistoryEvents } from '../../core/plan/history.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { type RolloutSpecSource, rolloutSpec } from '../../core/spec/rollout-spec.ts';
import { type LongRollout, playLongRollout } from './long-rollout.ts';

/** Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const mostEvents = 25_000;
const mostBytes = 262_144;

const judged = (interval: string): Pick<RolloutSpecSource, 'analysis'> => ({
  analysis: {
    interval,
    prometheus: { url: 'http://prometheus.example.com' },
    metrics: [{ name: 'error rate', query: 'errors', max: 0.01 }],
  },
});

function within(told: LongRollout): void {
  const { days, events, largestBytes } = told;
  console.info(`${days.toFixed(1)} days: ${events} events of ${mostEvents}, ${largestBytes} bytes of ${mostBytes}`);
  expect(events).toBeLessThan(mostEvents);
  expect(largestBytes).toBeLessThan(mostBytes);
}

const planned = (change: Partial<RolloutSpecSource>, source: RolloutSpecSource) => {
  const spec = rolloutSpec.parse({ ...source, ...change });
  return expectedHistoryEvents(planRollout(spec), spec.policies);
};

describe('a rollout of several days, within the limits of Step Functions', () => {
  const oneStep = (bake: string) => [{ weight: 100, bake }];

  it.each<[string, Partial<RolloutSpecSource>, least: number]>([
    [
      'bakes of 24 h and a pause of 24 h that nobody ends, measured every 10 m',
      {
        ...judged('10m'),
        steps: [
          { weight: 10, bake: '24h' },
          { weight: 50, bake: '24h', pause: { for: '24h', onDeadline: 'advance' } },
          { weight: 100, bake: '24h' },
        ],
        deadlines: { rollout: '10d' },
      },
      4,
    ],
    [
      'the longest bake that lint allows at 60 s, after a hold without data',
      { ...judged('60s'), steps: oneStep('1369m'), deadlines: { rollout: '2d' } },
      0.95,
    ],
    [
      'as many steps as lint allows at 60 s',
      {
        ...judged('60s'),
        router: { kind: 'istio', routes: [{ virtualService: 'checkout' }], totalWeight: 1000 },
        steps: { linear: { by: 7, every: '60s' } },
        policies: { noData: { hold: '60s' }, sourceDown: { hold: '60s' } },
        deadlines: { rollout: '2d' },
      },
      0.09,
    ],
    ['a bake that is watched inside Lambdas, every 30 s', { ...judged('30s'), steps: oneStep('3h'), deadlines: { rollout: '2d' } }, 0.12],
  ])('%s', async (_, spec, leastDays) => {
    const hold = spec.policies === undefined ? 290 : 50;
    const told = await playLongRollout(spec, { measure: (seconds) => (seconds < hold ? 'noData' : 'good') });
    expect(told.record.phase).toBe('succeeded');
    expect(told.days).toBeGreaterThan(leastDays);
    within(told);
    expect(told.events).toBeLessThanOrEqual(planned(spec, told.record.spec as unknown as RolloutSpecSource));
  });

  it('a plan that lint cannot fit in is refused, with the intervals that would do', async () => {
    const spec = { ...judged('60s'), steps: oneStep('24h'), deadlines: { rollout: '2d' } };
    await expect(playLongRollout(spec)).rejects.toThrow(
      /at most 20000: Step Functions ends an execution at 25000.*set an interval of at least/,
    );
  });

  it('one that a person pauses until its deadline of 30 days, at 31 s: it is looked at less and less, and rolled back in the end', async () => {
    const told = await playLongRollout(
      { ...judged('31s'), steps: oneStep('8h'), deadlines: { rollout: '30d' } },
      {
        story: async ({ call, until }) => {
          await until(({ watch }) => (watch?.bakedMs ?? 0) > 0);
          await call('Operate', { rollout: 'checkout', action: 'pause', by: 'ada', why: 'on holiday' });
        },
      },
    );
    expect(told.record).toMatchObject({ phase: 'rolledBack', rollbackReason: 'timeout' });
    expect(told.days).toBeGreaterThan(29.9);
    within(told);
  });

  it('one that waits a day for another rollout, and then half a day for its pods', async () => {
    const told = await playLongRollout(
      { ...judged('60s'), steps: oneStep('1h'), policies: { newImage: 'queue' }, deadlines: { queue: '2d', ready: '1d', rollout: '3d' } },
      {
        heldSeconds: 86_400,
        story: async ({ clock, cluster }) => {
          cluster.canaryStarts = false;
          await clock.sleep(1.5 * 86_400_000);
          cluster.canaryStarts = true;
        },
      },
    );
    expect(told.record.phase).toBe('succeeded');
    expect(told.days).toBeGreaterThan(1.5);
    expect(told.events).toBeLessThan(3_500);
    within(told);
  });
});
