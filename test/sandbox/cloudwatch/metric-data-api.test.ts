import { describe, expect, it } from 'vitest';
import { errors, setUp, startMs } from './set-up.ts';

const Metric = { Namespace: 'Shop', MetricName: 'Errors', Dimensions: [{ Name: 'Service', Value: 'checkout' }] };
const stat = (Id: string, more: object = {}) => ({ Id, MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ...more });

async function asked(operation: string, input: Record<string, unknown>) {
  const { cloudWatch } = setUp();
  for (let second = 0; second < 90; second += 30) cloudWatch.record({ ...errors, value: 2, atMs: startMs + second * 1000 });
  cloudWatch.record({ ...errors, metricName: 'Requests', value: 8, atMs: startMs });
  return cloudWatch.metricData(operation, input);
}

const data = (...MetricDataQueries: object[]) =>
  asked('GetMetricData', { MetricDataQueries, StartTime: startMs / 1000 - 60, EndTime: startMs / 1000 + 120 });

describe('GetMetricData of the sandbox', () => {
  it('has a datapoint for each period with samples, the newest first', async () => {
    expect(await data(stat('m1'))).toMatchObject({
      output: {
        MetricDataResults: [{ Id: 'm1', StatusCode: 'Complete', Timestamps: [startMs / 1000 + 60, startMs / 1000], Values: [2, 4] }],
      },
    });
  });

  it('computes expressions over what it does not return', async () => {
    const requests = { Metric: { ...Metric, MetricName: 'Requests' }, Period: 60, Stat: 'Sum' };
    const queries = [
      { Id: 'e1', Expression: '100 * m1 / m2', Period: 60 },
      stat('m1', { ReturnData: false }),
      { Id: 'm2', ReturnData: false, MetricStat: requests },
    ];
    expect(await data(...queries)).toMatchObject({
      output: { MetricDataResults: [{ Id: 'e1', Timestamps: [startMs / 1000], Values: [50] }] },
    });
  });

  it.each([
    ['an id that begins with a capital', [stat('M1')]],
    ['one id twice', [stat('m1'), stat('m1')]],
    ['an expression over what is not asked', [{ Id: 'e1', Expression: 'm1 / m2', Period: 60 }, stat('m1')]],
    ['a statistic that there is not', [{ Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Most' } }]],
    ['a period of 90 seconds', [{ Id: 'm1', MetricStat: { Metric, Period: 90, Stat: 'Sum' } }]],
    ['more than 500 queries', Array.from({ length: 501 }, (_, index) => stat(`m${index}`))],
  ])('refuses %s', async (_what, queries) => {
    expect(await data(...queries)).toMatchObject({ status: 'failed', failure: { name: 'ValidationError', retryable: false } });
  });
});

describe('ListMetrics of the sandbox', () => {
  it.each([
    [{ Namespace: 'Shop' }, ['Errors', 'Requests']],
    [{ Namespace: 'Shop', MetricName: 'Errors' }, ['Errors']],
    [{ Namespace: 'Shop', Dimensions: [{ Name: 'Service' }] }, ['Errors', 'Requests']],
    [{ Namespace: 'Shop', Dimensions: [{ Name: 'Service', Value: 'cart' }] }, []],
    [{ Namespace: 'Other' }, []],
  ])('finds by %j', async (filter, names) => {
    const answer = await asked('ListMetrics', filter);
    expect(answer).toMatchObject({ status: 'ok', output: { Metrics: names.map((MetricName) => ({ ...Metric, MetricName })) } });
  });
});

it('throttles whatever is asked while CloudWatch is down', async () => {
  const { cloudWatch } = setUp();
  cloudWatch.down = true;
  expect(await cloudWatch.metricData('ListMetrics', {})).toMatchObject({ failure: { name: 'ThrottlingException', retryable: true } });
});
