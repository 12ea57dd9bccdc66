import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../../core/errors.ts';
import { alarmStateChangeEvent } from '../../../core/spec/events.ts';
import { every } from '../../../sandbox/clock.ts';
import documented from '../../data/aws-events.json' with { type: 'json' };
import { alarm, errors, setUp, startMs } from './set-up.ts';

describe('a metric alarm', () => {
  it('fires, and comes back, on the samples that it is given', async () => {
    const { clock, cloudWatch, changes } = setUp();
    cloudWatch.putMetricAlarm(alarm);
    let value = 1;
    every(clock, 1_000, () => cloudWatch.record({ ...errors, value, atMs: clock.now() }));
    await clock.sleep(25_500);
    value = 0;
    await clock.sleep(15_000);
    clock.stop();
    expect(changes()).toEqual(['10 checkout-errors ALARM', '40 checkout-errors OK']);
  });

  it('does not judge the period that is still under way', async () => {
    const { clock, cloudWatch, changes } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, evaluateEveryMs: 1_000 });
    cloudWatch.record({ ...errors, value: 99, atMs: startMs + 1 });
    await clock.sleep(9_500);
    expect(changes()).toEqual([]);
    await clock.sleep(1_000);
    clock.stop();
    expect(changes()).toEqual(['10 checkout-errors ALARM']);
  });

  it('of five minutes is judged each minute, on the five minutes before', async () => {
    const { clock, cloudWatch, changes } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, periodSeconds: 300, treatMissingData: 'notBreaching' });
    await clock.sleep(70_000);
    cloudWatch.record({ ...errors, value: 9, atMs: clock.now() });
    await clock.sleep(600_000);
    clock.stop();
    expect(changes().slice(0, 2)).toEqual(['10 checkout-errors OK', '120 checkout-errors ALARM']);
  });

  it('fires when M out of N datapoints breach, though not in a row', async () => {
    const { clock, cloudWatch, changes, lastState } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, evaluationPeriods: 3, datapointsToAlarm: 2 });
    for (const [index, value] of [0, 9, 0, 9, 0, 0].entries()) {
      cloudWatch.record({ ...errors, value, atMs: startMs + index * 10_000 });
      await clock.sleep(10_001);
    }
    clock.stop();
    expect(changes()).toEqual(['10 checkout-errors OK', '40 checkout-errors ALARM', '50 checkout-errors OK']);
    expect(lastState().reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [0.0 (05/01/26 03:00:40), 0.0 (05/01/26 03:00:20)] were not greater than the threshold (5.0) (minimum 2 datapoints for ALARM -> OK transition).',
    );
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA', 'Insufficient Data: 1 datapoint was unknown.'],
    [
      'notBreaching',
      'OK',
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
  ] as const)('that treats missing data as %s goes to %s when the metric stops', async (treatMissingData, state, reason) => {
    const { clock, cloudWatch, changes, lastState } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, treatMissingData });
    cloudWatch.record({ ...errors, value: 9, atMs: startMs });
    await clock.sleep(100_000);
    clock.stop();
    expect(changes()).toEqual(['10 checkout-errors ALARM', `40 checkout-errors ${state}`]);
    expect(lastState().reason).toBe(reason);
  });

  it.each(['breaching', 'ignore'] as const)(
    'that treats missing data as %s stays in alarm when the metric stops',
    async (treatMissingData) => {
      const { clock, cloudWatch, changes } = setUp();
      cloudWatch.putMetricAlarm({ ...alarm, treatMissingData });
      cloudWatch.record({ ...errors, value: 9, atMs: startMs });
      await clock.sleep(100_000);
      clock.stop();
      expect(changes()).toEqual(['10 checkout-errors ALARM']);
    },
  );

  it.each([
    ['GreaterThanThreshold', 5, 'OK'],
    ['GreaterThanOrEqualToThreshold', 5, 'ALARM'],
    ['LessThanThreshold', 5, 'OK'],
    ['LessThanOrEqualToThreshold', 5, 'ALARM'],
    ['LessThanThreshold', 4, 'ALARM'],
  ] as const)('compares %s 5 with %d', async (comparisonOperator, value, state) => {
    const { clock, cloudWatch, lastState } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, comparisonOperator });
    cloudWatch.record({ ...errors, value, atMs: startMs });
    await clock.sleep(10_001);
    clock.stop();
    expect(lastState().value).toBe(state);
  });

  it('judges a percentile', async () => {
    const { clock, cloudWatch, lastState } = setUp();
    const { statistic: _, ...rest } = alarm;
    cloudWatch.putMetricAlarm({ ...rest, extendedStatistic: 'p90', threshold: 89, periodSeconds: 30 });
    for (let value = 1; value <= 100; value += 1) cloudWatch.record({ ...errors, value, atMs: startMs + value });
    await clock.sleep(30_001);
    clock.stop();
    expect(lastState().reason).toMatch(/\[90\.0 \(.+\)\] was greater than the threshold \(89\.0\)/);
  });

  it('sends the very event that AWS documents', async () => {
    const { clock, bus, cloudWatch } = setUp(Date.UTC(2019, 9, 1, 13, 46, 0));
    const cpu = { namespace: 'AWS/EC2', metricName: 'CPUUtilization', dimensions: { InstanceId: 'i-12345678901234567' } };
    cloudWatch.putMetricAlarm({
      ...cpu,
      alarmName: 'ServerCpuTooHigh',
      description: 'Goes into alarm when server CPU utilization is too high!',
      statistic: 'Average',
      periodSeconds: 300,
      evaluationPeriods: 1,
      threshold: 50,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'ignore',
    });
    cloudWatch.record({ ...cpu, value: 0.0666851903306472, atMs: Date.UTC(2019, 9, 1, 13, 46) });
    await clock.sleep(310_000);
    cloudWatch.record({ ...cpu, value: 99.50160229693434, atMs: clock.now() });
    await clock.sleep(600_000);
    clock.stop();
    const event = alarmStateChangeEvent.parse(bus.puts.at(-1)?.event);
    const { muteDetail: _, ...example } = documented.singleMetricAlarm.detail;
    const shown = (text: string) => text.replace(/\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d/g, 'at');
    expect(event.resources).toEqual(documented.singleMetricAlarm.resources);
    expect(event.detail).toEqual({
      ...example,
      configuration: {
        ...example.configuration,
        metrics: [{ ...example.configuration.metrics[0], id: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
      },
      previousState: { value: 'OK', reason: expect.any(String), reasonData: expect.any(String), timestamp: expect.any(String) },
      state: { value: 'ALARM', reason: expect.any(String), reasonData: expect.any(String), timestamp: '2019-10-01T13:52:00.000+0000' },
    });
    expect(shown(event.detail.state.reason ?? '')).toBe(shown(example.state.reason));
    expect(shown(event.detail.previousState?.reason ?? '')).toBe(shown(example.previousState.reason));
    expect(JSON.parse(event.detail.state.reasonData ?? '')).toEqual({
      ...JSON.parse(example.state.reasonData),
      queryDate: '2019-10-01T13:52:00.000+0000',
      startDate: '2019-10-01T13:47:00.000+0000',
    });
  });
});

describe('a metric-math alarm', () => {
  const stat = (metricName: string) => ({ namespace: 'Shop', metricName, dimensions: {}, stat: 'Sum' as const, periodSeconds: 10 });
  const rate = {
    alarmName: 'checkout-error-rate',
    metrics: [
      { id: 'rate', expression: '100*errors/requests', label: 'Error rate' },
      { id: 'errors', metricStat: stat('Errors') },
      { id: 'requests', metricStat: stat('Requests') },
    ],
    evaluationPeriods: 1,
    threshold: 5,
    comparisonOperator: 'GreaterThanThreshold' as const,
  };

  it('judges the rate, and says which metrics it is made of', async () => {
    const { clock, bus, cloudWatch, lastState } = setUp();
    cloudWatch.putMetricAlarm(rate);
    cloudWatch.record({ namespace: 'Shop', metricName: 'Errors', value: 6, atMs: startMs });
    cloudWatch.record({ namespace: 'Shop', metricName: 'Requests', value: 100, atMs: startMs + 5 });
    await clock.sleep(10_001);
    clock.stop();
    expect(lastState()).toMatchObject({ value: 'ALARM', reason: expect.stringContaining('[6.0 (05/01/26 03:00:00)]') });
    expect(JSON.parse(lastState().reasonData ?? '')).not.toHaveProperty('statistic');
    const metric = (name: string) => ({ metric: { dimensions: {}, name, namespace: 'Shop' }, period: 10, stat: 'Sum' });
    expect(bus.puts[0]?.event.detail).toMatchObject({
      configuration: {
        metrics: [
          { id: 'rate', expression: '100*errors/requests', label: 'Error rate', returnData: true },
          { id: 'errors', metricStat: metric('Errors'), returnData: false },
          { id: 'requests', metricStat: metric('Requests'), returnData: false },
        ],
      },
    });
  });

  it('has no datapoint, and never 0, while there are no requests', async () => {
    const { clock, cloudWatch, changes } = setUp();
    cloudWatch.putMetricAlarm(rate);
    cloudWatch.record({ namespace: 'Shop', metricName: 'Errors', value: 0, atMs: startMs });
    cloudWatch.record({ namespace: 'Shop', metricName: 'Requests', value: 0, atMs: startMs });
    await clock.sleep(60_001);
    clock.stop();
    expect(changes()).toEqual([]);
  });
});

describe('setAlarmState', () => {
  it('puts an alarm into a state, until the alarm is next judged', async () => {
    const { clock, cloudWatch, changes, lastState } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, treatMissingData: 'notBreaching' });
    await clock.sleep(12_000);
    cloudWatch.setAlarmState('checkout-errors', 'ALARM', 'A rehearsal.');
    expect(lastState()).toMatchObject({ value: 'ALARM', reason: 'A rehearsal.' });
    await clock.sleep(30_000);
    clock.stop();
    expect(changes()).toEqual(['10 checkout-errors OK', '12 checkout-errors ALARM', '20 checkout-errors OK']);
  });

  it('sends nothing where the alarm is in that state already, and refuses a name that it does not know', () => {
    const { cloudWatch, changes } = setUp();
    cloudWatch.putMetricAlarm(alarm);
    cloudWatch.setAlarmState('checkout-errors', 'INSUFFICIENT_DATA', 'Again.');
    expect(changes()).toEqual([]);
    expect(() => cloudWatch.setAlarmState('other', 'OK', '')).toThrow(NotFoundError);
  });
});
