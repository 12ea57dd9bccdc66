import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { failure, metric, result, scriptedCloudWatch } from './scripted-cloudwatch.ts';

const nowMs = new VirtualClock().now();
const answered = { MetricDataResults: [result('q0', nowMs, [[-60, 1]])], Messages: [] };

describe('an answer of CloudWatch, where it throttles,', () => {
  it('is told apart from one that is down, and says whose the quota is', async () => {
    expect((await scriptedCloudWatch(failure('ThrottlingException', 'Rate exceeded', true)).metrics.measure([metric()]))[0]).toEqual({
      ...{ status: 'unavailable', isThrottled: true },
      why: expect.stringContaining('shares with all who ask: ThrottlingException, Rate exceeded'),
    });
  });

  it('is asked for again while there is patience, each time for what is newest', async () => {
    const throttled = Array.from({ length: 6 }, () => failure('Throttling', 'Rate exceeded', true));
    const { metrics, calls, clock } = scriptedCloudWatch(...throttled, answered);
    const beganMs = clock.now();
    expect(await metrics.measure([metric()], 20_000)).toMatchObject([{ status: 'value' }]);
    expect(calls).toHaveLength(7);
    // Three waits, of a quarter of 1, 2 and 4 s at least.
    expect(clock.now() - beganMs).toBeGreaterThanOrEqual(1_750);
    expect(clock.now() - beganMs).toBeLessThanOrEqual(7_100);
  });

  it('comes when the patience is over', async () => {
    const { metrics, clock } = scriptedCloudWatch(failure('Throttling', 'Rate exceeded', true));
    const beganMs = clock.now();
    expect(await metrics.measure([metric()], 20_000)).toMatchObject([{ status: 'unavailable', isThrottled: true }]);
    expect(clock.now() - beganMs).toBeGreaterThan(15_000);
    expect(clock.now() - beganMs).toBeLessThanOrEqual(20_025);
  });

  it('is not waited for where CloudWatch is down', async () => {
    const { metrics, calls } = scriptedCloudWatch(failure('InternalServiceFault', 'sorry', true));
    expect(await metrics.measure([metric()], 20_000)).toEqual([
      { status: 'unavailable', why: expect.stringContaining('InternalServiceFault') },
    ]);
    expect(calls).toHaveLength(2);
  });

  it('comes at a second try where the first was throttled', async () => {
    const { metrics, calls } = scriptedCloudWatch(failure('ThrottlingException', 'Rate exceeded', true), answered);
    expect(await metrics.measure([metric()])).toMatchObject([{ status: 'value' }]);
    expect(calls).toHaveLength(2);
  });
});
