import { describe, expect, it } from 'vitest';
import { type SweepOutcomes, sweepMetrics } from '../../../../runtime/acts/sweep/sweep-metrics.ts';

const nowMs = 100_000;
const within = { leaseUntilMs: nowMs };
const over = { leaseUntilMs: nowMs - 1 };

const metricsOf = (outcomes: Partial<SweepOutcomes>) => sweepMetrics({ locks: [], rollouts: [], others: [[], []], ...outcomes }, nowMs);

describe('what a run of the sweep tells as metrics', () => {
  it('is nothing at rest, since a metric costs in the hours in which it is sent', () => {
    expect(metricsOf({ others: [[], ['checkout-push-1']] })).toEqual({});
  });

  it.each([
    ['a rollout at work', [within], ['fine'], { RolloutsActive: 1 }],
    ['a rollout that the sweep aborts', [over], ['aborted'], { RolloutsActive: 1 }],
    ['a rollback that it starts again', [over], ['rollbackRestarted'], { RolloutsActive: 1, RollbacksRestarted: 1 }],
    ['a rollback that could not be verified', [within], ['needsPerson'], { RolloutsActive: 1, RolloutsStuck: 1 }],
    ['a rollout within its lease that it could not look at', [within], ['failed'], { RolloutsActive: 1, SweepFailures: 1 }],
    ['a rollout beyond its lease that it could not help', [over], ['failed'], { RolloutsActive: 1, RolloutsStuck: 1, SweepFailures: 1 }],
    ['several', [over, within, over], ['failed', 'fine', 'needsPerson'], { RolloutsActive: 3, RolloutsStuck: 2, SweepFailures: 1 }],
  ] as const)('counts %s', (_, locks, rollouts, metrics) => {
    expect(metricsOf({ locks, rollouts })).toEqual(metrics);
  });

  it('counts the services that a later run looks for lost pushes of', () => {
    expect(metricsOf({ pushesPostponed: 8_000 })).toEqual({ PushesPostponed: 8_000 });
  });

  it('counts alarms and pushes that could not be swept, without a rollout', () => {
    expect(metricsOf({ others: ['failed', 'failed'] })).toEqual({ SweepFailures: 2 });
  });
});
