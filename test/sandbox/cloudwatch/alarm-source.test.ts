import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { createInMemoryAlarmSource } from '../../../sandbox/cloudwatch/alarm-source.ts';
import { CloudWatch } from '../../../sandbox/cloudwatch/cloudwatch.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';

const startMs = Date.UTC(2026, 0, 5, 3, 0, 0);
const basics = {
  namespace: 'Shop',
  metricName: 'Errors',
  dimensions: { Service: 'checkout' },
  statistic: 'Sum' as const,
  periodSeconds: 60,
  evaluationPeriods: 3,
  threshold: 5,
  comparisonOperator: 'GreaterThanThreshold' as const,
};

function setUp() {
  const clock = new VirtualClock({ startMs });
  const cloudWatch = new CloudWatch({ clock, bus: new EventBus({ clock }) });
  const make = (alarmName: string) => cloudWatch.putMetricAlarm({ ...basics, alarmName });
  return { clock, cloudWatch, make, source: createInMemoryAlarmSource(cloudWatch) };
}

describe('createInMemoryAlarmSource', () => {
  it('reads metric alarms, composite alarms and alarms that are not there, in the order asked', async () => {
    const { cloudWatch, make, source } = setUp();
    make('errors');
    make('latency');
    cloudWatch.putCompositeAlarm({ alarmName: 'any', alarmRule: 'ALARM(errors) OR ALARM(latency)' });
    cloudWatch.setAlarmState('errors', 'ALARM', 'Too many.');
    cloudWatch.stop();
    expect(await source.read(['latency', 'gone', 'any', 'errors'])).toMatchObject([
      { name: 'latency', state: 'insufficientData', reason: 'Unchecked: Initial alarm creation', sinceMs: startMs },
      { name: 'gone', state: 'missing' },
      { name: 'any', state: 'alarm', sinceMs: startMs },
      { name: 'errors', state: 'alarm', reason: 'Too many.', sinceMs: startMs },
    ]);
  });

  it('reads more alarms than one call takes', async () => {
    const { cloudWatch, make, source } = setUp();
    const names = Array.from({ length: 230 }, (_, index) => `alarm-${index}`);
    for (const name of names) make(name);
    cloudWatch.stop();
    const readings = await source.read(names);
    expect(readings.map(({ name, state }) => `${name} ${state}`)).toEqual(names.map((name) => `${name} insufficientData`));
  });

  it('reads every alarm as unavailable while CloudWatch is down, and never throws', async () => {
    const { cloudWatch, make, source } = setUp();
    make('errors');
    cloudWatch.stop();
    cloudWatch.down = true;
    expect(await source.read(['errors', 'gone'])).toMatchObject([
      { name: 'errors', state: 'unavailable', reason: expect.stringContaining('ThrottlingException') },
      { name: 'gone', state: 'unavailable' },
    ]);
    cloudWatch.down = false;
    expect(await source.read(['errors'])).toMatchObject([{ state: 'insufficientData' }]);
  });

  it('reads a deleted alarm as missing', async () => {
    const { cloudWatch, make, source } = setUp();
    make('errors');
    cloudWatch.deleteAlarms(['errors']);
    expect(await source.read(['errors'])).toMatchObject([{ state: 'missing' }]);
    expect(() => cloudWatch.deleteAlarms(['errors'])).toThrow(NotFoundError);
  });
});

describe('describeAlarms', () => {
  it('describes a metric alarm as the API does', async () => {
    const { cloudWatch, make } = setUp();
    make('errors');
    cloudWatch.stop();
    const { MetricAlarms, CompositeAlarms } = await cloudWatch.describeAlarms({ AlarmNames: ['errors'] });
    expect(CompositeAlarms).toEqual([]);
    expect(MetricAlarms).toEqual([
      {
        AlarmName: 'errors',
        AlarmArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors',
        AlarmConfigurationUpdatedTimestamp: new Date(startMs),
        ActionsEnabled: true,
        OKActions: [],
        AlarmActions: [],
        InsufficientDataActions: [],
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: new Date(startMs),
        StateTransitionedTimestamp: new Date(startMs),
        Namespace: 'Shop',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'Service', Value: 'checkout' }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 3,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    ]);
  });

  it('describes the metrics of a metric-math alarm', async () => {
    const { cloudWatch } = setUp();
    const { namespace, metricName } = basics;
    cloudWatch.putMetricAlarm({
      alarmName: 'rate',
      evaluationPeriods: 1,
      threshold: 5,
      comparisonOperator: 'GreaterThanThreshold',
      metrics: [
        { id: 'e', expression: 'm*2', label: 'Twice' },
        { id: 'm', metricStat: { namespace, metricName, stat: 'Sum', periodSeconds: 60 } },
      ],
    });
    cloudWatch.stop();
    const { MetricAlarms } = await cloudWatch.describeAlarms({ AlarmNames: ['rate'] });
    expect(MetricAlarms?.[0]?.Metrics).toEqual([
      { Id: 'e', Expression: 'm*2', Label: 'Twice', ReturnData: true },
      {
        Id: 'm',
        MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Errors', Dimensions: [] }, Period: 60, Stat: 'Sum' },
        ReturnData: false,
      },
    ]);
  });

  it('leaves composite alarms out unless they are asked for', async () => {
    const { cloudWatch } = setUp();
    cloudWatch.putCompositeAlarm({ alarmName: 'always', alarmRule: 'TRUE' });
    const names = { AlarmNames: ['always'] };
    expect(await cloudWatch.describeAlarms(names)).toMatchObject({ MetricAlarms: [], CompositeAlarms: [] });
    expect(await cloudWatch.describeAlarms({ ...names, AlarmTypes: ['CompositeAlarm'] })).toMatchObject({
      CompositeAlarms: [{ AlarmName: 'always', AlarmRule: 'TRUE', StateValue: 'ALARM' }],
    });
  });

  it('answers in pages of 50, and refuses more than 100 names', async () => {
    const { cloudWatch, make } = setUp();
    for (let index = 0; index < 60; index += 1) make(`alarm-${index}`);
    cloudWatch.stop();
    const first = await cloudWatch.describeAlarms({});
    expect([first.MetricAlarms?.length, first.NextToken]).toEqual([50, expect.any(String)]);
    const second = await cloudWatch.describeAlarms({ NextToken: first.NextToken });
    expect([second.MetricAlarms?.length, second.NextToken]).toEqual([10, undefined]);
    await expect(cloudWatch.describeAlarms({ AlarmNames: Array.from({ length: 101 }, String) })).rejects.toThrow(/more than 100/);
  });
});
