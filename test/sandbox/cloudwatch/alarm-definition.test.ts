import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import type { SingleMetricAlarm } from '../../../sandbox/cloudwatch/alarm-definition.ts';
import { alarm, errors, setUp } from './set-up.ts';

describe('putMetricAlarm', () => {
  const math = { alarmName: 'a', evaluationPeriods: 1, threshold: 1, comparisonOperator: 'LessThanThreshold' as const };
  const stat = { ...errors, stat: 'Sum' as const, periodSeconds: 60 };

  it.each([
    ['a period of 20 s', { ...alarm, periodSeconds: 20 }, /20 s/],
    ['a period of 90 s', { ...alarm, periodSeconds: 90 }, /90 s/],
    ['no period to judge', { ...alarm, evaluationPeriods: 0 }, /at least one/],
    ['more datapoints than periods', { ...alarm, evaluationPeriods: 2, datapointsToAlarm: 3 }, /3 of 2/],
    ['more than a day to look back', { ...alarm, periodSeconds: 3_600, evaluationPeriods: 25 }, /more than a day/],
    ['two statistics', { ...alarm, extendedStatistic: 'p99' as const }, /not both/],
    ['a percentile beyond 100', { ...alarm, statistic: undefined, extendedStatistic: 'p101' as const }, /p101/],
    ['no expression', { ...math, metrics: [{ id: 'm', metricStat: stat }] }, /exactly one expression/],
    [
      'an id that is not there',
      {
        ...math,
        metrics: [
          { id: 'e', expression: 'm+n' },
          { id: 'm', metricStat: stat },
        ],
      },
      /uses n/,
    ],
    [
      'two ids alike',
      {
        ...math,
        metrics: [
          { id: 'm', expression: 'm' },
          { id: 'm', metricStat: stat },
        ],
      },
      /same id/,
    ],
    [
      'periods that differ',
      {
        ...math,
        metrics: [
          { id: 'e', expression: 'm+n' },
          { id: 'm', metricStat: stat },
          { id: 'n', metricStat: { ...stat, periodSeconds: 120 } },
        ],
      },
      /same period/,
    ],
  ])('refuses %s', (_, definition, message) => {
    const { cloudWatch } = setUp();
    expect(() => cloudWatch.putMetricAlarm(definition as SingleMetricAlarm)).toThrow(InvalidInputError);
    expect(() => cloudWatch.putMetricAlarm(definition as SingleMetricAlarm)).toThrow(message);
  });

  it('replaces a definition, and keeps the state', async () => {
    const { clock, cloudWatch, changes } = setUp();
    cloudWatch.putMetricAlarm({ ...alarm, treatMissingData: 'breaching' });
    await clock.sleep(10_001);
    cloudWatch.putMetricAlarm({ ...alarm, treatMissingData: 'ignore' });
    await clock.sleep(60_000);
    clock.stop();
    expect(changes()).toEqual(['10 checkout-errors ALARM']);
  });
});
