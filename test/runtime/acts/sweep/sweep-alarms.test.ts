import type { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { type CloudWatchSender, createCloudWatchAlarmSource } from '../../../../adapters/metrics/cloudwatch.ts';
import { AlarmStates } from '../../../../adapters/store/alarm-states.ts';
import { sweepAlarms } from '../../../../runtime/acts/sweep/sweep-alarms.ts';
import { nameOf, runningRollouts } from './running-rollouts.ts';

/** CloudWatch with every alarm that is asked for, all of them OK but those that fire. */
class FakeCloudWatch implements CloudWatchSender {
  readonly batches: string[][] = [];
  readonly firing = new Set<string>();
  throttledFrom = Number.POSITIVE_INFINITY;

  async send({ input }: DescribeAlarmsCommand) {
    this.batches.push(input.AlarmNames ?? []);
    if (this.batches.length >= this.throttledFrom) throw Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
    const MetricAlarms = (input.AlarmNames ?? []).map((AlarmName) => ({
      AlarmName,
      StateValue: this.firing.has(AlarmName) ? ('ALARM' as const) : ('OK' as const),
      StateReason: 'Threshold crossed',
      StateTransitionedTimestamp: new Date('2026-01-05T03:00:01Z'),
    }));
    return { MetricAlarms, $metadata: {} };
  }
}

async function setup(count: number) {
  const running = await runningRollouts(count);
  const cloudWatch = new FakeCloudWatch();
  const deps = { ...running.deps, alarms: createCloudWatchAlarmSource(cloudWatch, { clock: running.clock, callsPerSecond: 6 }) };
  const sweep = async () => sweepAlarms(deps, await running.rollouts.active());
  return { ...running, cloudWatch, sweep };
}

describe('a sweep over the alarms of many rollouts', () => {
  it('reads 250 alarms in three calls, and aborts the rollout whose alarm nobody told of', async () => {
    const { cloudWatch, sweep, phaseOf } = await setup(125);
    cloudWatch.firing.add(`${nameOf(120)}-latency`);
    expect(await sweep()).toEqual(['service-0120-000001']);
    expect(cloudWatch.batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(await phaseOf(120)).toBe('rollingBack');
    expect(await phaseOf(119)).toBe('progressing');
  });

  it('notes what it read for those who judge', async () => {
    const { sweep, store } = await setup(1);
    await sweep();
    expect(await new AlarmStates(store).read([`${nameOf(0)}-errors`])).toMatchObject([{ state: 'ok' }]);
  });

  it('stops where CloudWatch has too many requests, and goes on from there in the next run', async () => {
    const { cloudWatch, sweep } = await setup(125);
    cloudWatch.throttledFrom = 2;
    await sweep();
    expect(cloudWatch.batches).toHaveLength(2);
    cloudWatch.throttledFrom = Number.POSITIVE_INFINITY;
    cloudWatch.batches.length = 0;
    cloudWatch.firing.add(`${nameOf(49)}-latency`).add(`${nameOf(50)}-errors`);
    expect(await sweep()).toEqual(['service-0050-000001', 'service-0049-000001']);
    // The first hundred were answered: the service numbered 49 is the last of them.
    expect(cloudWatch.batches[0]?.[0]).toBe(`${nameOf(50)}-errors`);
  });

  it('does not move on where nothing was answered', async () => {
    const { cloudWatch, sweep } = await setup(2);
    cloudWatch.throttledFrom = 1;
    await sweep();
    await sweep();
    expect(cloudWatch.batches.map(([first]) => first)).toEqual([`${nameOf(0)}-errors`, `${nameOf(0)}-errors`]);
  });

  it('asks nothing while nothing runs', async () => {
    const { cloudWatch, sweep } = await setup(0);
    expect(await sweep()).toEqual([]);
    expect(cloudWatch.batches).toEqual([]);
  });
});
