import { describe, expect, it } from 'vitest';
import { keptForSeconds, recordMetricData } from '../../../adapters/metrics/record-metric-data.ts';
import { failure, metric, result, type Scripted, scriptedCloudWatch, share } from './scripted-cloudwatch.ts';

const startMs = Date.UTC(2026, 10, 20, 10, 0, 30);
const endMs = Date.UTC(2026, 10, 20, 11, 0, 10);
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString().replace('.000Z', 'Z');
const of = (Id: string, minutes: readonly (readonly [number, unknown])[], more: object = {}) =>
  result(
    Id,
    Date.UTC(2026, 10, 20, 10),
    minutes.map(([minute, value]) => [minute * 60, value]),
    more,
  );
const page = (results: readonly object[], more: object = {}) => ({ MetricDataResults: results, ...more });

async function recorded(asks: Parameters<typeof recordMetricData>[1], ...script: readonly Scripted[]) {
  const { calls, call, clock } = scriptedCloudWatch(...script);
  let pages = 0;
  const onPage = () => {
    pages += 1;
  };
  const answer = await recordMetricData({ call, clock, attempts: 2 }, asks, { startMs, endMs, onPage });
  return { calls, answer, pages };
}

describe('a range of a metric of CloudWatch', () => {
  it('is asked for in full periods', async () => {
    const { calls } = await recorded(metric(), page([of('q0', [[0, 1]])]));
    expect(calls).toMatchObject([
      {
        operation: 'GetMetricData',
        input: {
          MetricDataQueries: [{ Id: 'q0', ReturnData: true }],
          StartTime: Date.UTC(2026, 10, 20, 10) / 1000,
          EndTime: Date.UTC(2026, 10, 20, 11) / 1000,
          ScanBy: 'TimestampAscending',
        },
      },
    ]);
  });

  it('is put together from all pages, as the AWS command line writes it', async () => {
    const first = page([of('q0', [[0, 90]], { StatusCode: 'PartialData' }), of('q0_counted0', [[0, 1]])], { NextToken: 'more' });
    const second = page([of('q0', [[1, 'NaN']]), of('q0_counted1', [], { Messages: [{ Code: 'Info', Value: 'hello' }] })]);
    const { calls, answer, pages } = await recorded(share, first, second);
    expect([calls.map(({ input }) => input['NextToken']), pages]).toEqual([[undefined, 'more'], 2]);
    const ofId = (Id: string, more: object) => ({ Id, Label: 'Errors', StatusCode: 'Complete', ...more });
    expect(answer).toEqual({
      ok: true,
      data: {
        MetricDataResults: [
          ofId('q0', { Timestamps: [at(0), at(1)], Values: [90, 'NaN'], Messages: [] }),
          ofId('q0_counted0', { Timestamps: [at(0)], Values: [1] }),
          ofId('q0_counted1', { Timestamps: [], Values: [], Messages: [{ Code: 'Info', Value: 'hello' }] }),
        ],
      },
    });
  });

  it('keeps series apart that a search found, even of one label', async () => {
    const { answer } = await recorded(metric(), page([of('q0', [[0, 1]]), of('q0', [[0, 2]]), of('q0', [[0, 3]], { Label: 'Other' })]));
    expect(answer.ok && answer.data.MetricDataResults?.map(({ Values }) => Values)).toEqual([[1], [2], [3]]);
  });

  it.each<[string, Scripted, string]>([
    ['lets nobody in', failure('AccessDeniedException'), 'Who asks needs cloudwatch:GetMetricData.'],
    ['throttles', failure('ThrottlingException', 'Rate exceeded', true), 'throttles GetMetricData'],
    ['fails within its answer', page([of('q0', [[0, 1]], { StatusCode: 'InternalError' })]), 'with the status InternalError'],
    ['answers a part', page([of('q0', [[0, 1]], { StatusCode: 'PartialData' })]), 'with the status PartialData'],
    ['never comes to an end', page([of('q0', [[0, 1]])], { NextToken: 'again' }), 'more than 50 pages'],
    ['answers a time beyond all times', page([{ Id: 'q0', Timestamps: [1e300], Values: [1] }]), 'a shape that is not known'],
  ])('is none where CloudWatch %s', async (_, answered, why) => {
    expect((await recorded(metric(), answered)).answer).toEqual({ ok: false, why: expect.stringContaining(why) });
  });

  it('is none where CloudWatch failed on an earlier page', async () => {
    const first = page([of('q0', [[0, 1]], { StatusCode: 'InternalError' })], { NextToken: 'more' });
    const { answer } = await recorded(metric(), first, page([of('q0', [[1, 1]])]));
    expect(answer).toEqual({ ok: false, why: expect.stringContaining('with the status InternalError') });
  });

  it('is none for good where CloudWatch cannot read what it is asked', async () => {
    const { answer } = await recorded(metric(), failure('ValidationError', 'no such function'));
    expect(answer).toEqual({ ok: false, isRefused: true, why: expect.stringContaining('no such function') });
  });
});

describe('how long CloudWatch keeps datapoints', () => {
  it.each([
    [10, 3 / 24],
    [60, 15],
    [120, 15],
    [300, 63],
    [900, 63],
  ])('is known of periods of %d s: %d days', (periodSeconds, days) => {
    expect(keptForSeconds(periodSeconds)).toBe(days * 86_400);
  });
});
