import { Readable } from 'node:stream';
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { HttpResponse } from '@smithy/protocol-http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { AwsAnswer } from '../../../adapters/aws/json-api.ts';
import { cloudWatchApi } from '../../../adapters/metrics/cloudwatch-pages.ts';
import type { CloudWatchQuestion } from '../../../core/metric-ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { failure, metric, result, type Scripted, scriptedCloudWatch, series, share } from './scripted-cloudwatch.ts';

const nowMs = new VirtualClock().now();
const minute = Math.floor(nowMs / 60_000) * 60_000;
const expression: CloudWatchQuestion = {
  ...{ kind: 'expression', periodSeconds: 60, expression: '100 * errors / requests' },
  metrics: { errors: series('Errors'), requests: series('Requests') },
};
const sent = z.looseObject({
  MetricDataQueries: z.array(z.looseObject({ Id: z.string(), ReturnData: z.boolean(), Expression: z.optional(z.string()) })),
  StartTime: z.number(),
  EndTime: z.number(),
});
const answer = (...results: readonly object[]) => ({ MetricDataResults: results, Messages: [] });

async function measured(question: CloudWatchQuestion, ...script: readonly Scripted[]) {
  return (await scriptedCloudWatch(...script).metrics.measure([question]))[0];
}

describe('the metrics of CloudWatch', () => {
  it('are asked in one call, and only what is read is returned', async () => {
    const { metrics, calls } = scriptedCloudWatch(answer());
    await metrics.measure([metric(), expression, share]);
    expect(calls).toHaveLength(1);
    const { MetricDataQueries, StartTime, EndTime } = sent.parse(calls[0]?.input);
    expect(MetricDataQueries.map(({ Id, ReturnData, Expression }) => [Id, ReturnData, Expression])).toEqual([
      ['q0', true, undefined],
      ['q1', true, '100 * q1_errors / q1_requests'],
      ['q1_errors', false, undefined],
      ['q1_requests', false, undefined],
      ['q2', true, undefined],
      ['q2_counted0', true, undefined],
      ['q2_counted1', true, undefined],
    ]);
    expect([StartTime, EndTime]).toEqual([minute / 1000 - 240, minute / 1000]);
  });

  it('speak as the SDK does: the same target, the same body', async () => {
    const { metrics, calls } = scriptedCloudWatch(answer());
    await metrics.measure([metric(), expression]);
    await metrics.list({ namespace: 'Shop', metricName: 'Errors', dimensions: [{ name: 'Service', value: 'checkout' }, { name: 'Zone' }] });
    const [data, list] = calls.map(({ input }) => input);
    const { StartTime, EndTime } = sent.parse(data);
    const dated = { ...data, StartTime: new Date(StartTime * 1000), EndTime: new Date(EndTime * 1000) };
    expect(await sentBySdk(new GetMetricDataCommand(dated as GetMetricDataCommandInput))).toEqual({
      target: `${cloudWatchApi.targetPrefix}.GetMetricData`,
      body: data,
    });
    expect(await sentBySdk(new ListMetricsCommand({ ...list }))).toEqual({
      target: `${cloudWatchApi.targetPrefix}.ListMetrics`,
      body: list,
    });
  });

  it('answer with the newest period that is over', async () => {
    const points = [
      [0, 9],
      [-60, 2],
      [-120, 1],
    ] as const;
    expect(await measured(metric(), answer(result('q0', nowMs, points)))).toEqual({
      ...{ status: 'value', value: 2, fromMs: minute - 60_000, untilMs: minute },
    });
  });

  it('keep the order in which they were asked, whatever the order of the answer', async () => {
    const { metrics } = scriptedCloudWatch(answer(result('q1', nowMs, [[-60, 2]]), result('q0', nowMs, [[-60, 1]])));
    expect((await metrics.measure([metric('a'), metric('b')])).map((each) => each.status === 'value' && each.value)).toEqual([1, 2]);
  });

  it('are asked again only once another period can be over', async () => {
    const { metrics, calls, clock } = scriptedCloudWatch(answer(result('q0', nowMs, [[-60, 1]])));
    const inTimeMs = minute + 60_000 - clock.now() - 1;
    const first = await metrics.measure([metric()]);
    await clock.sleep(inTimeMs);
    expect(await metrics.measure([metric()])).toEqual(first);
    expect(calls).toHaveLength(1);
    await clock.sleep(1);
    await metrics.measure([metric()]);
    await metrics.measure([metric('other')]);
    expect(calls).toHaveLength(3);
  });

  it('that are late are asked for six times a period', async () => {
    const { metrics, calls, clock } = scriptedCloudWatch(answer(result('q0', nowMs, [[-120, 1]])));
    for (let second = 0; second < 60; second += 1) {
      await metrics.measure([metric()]);
      await clock.sleep(1000);
    }
    expect(calls).toHaveLength(6);
  });

  it('that were not answered are asked for again at once', async () => {
    const { metrics, calls } = scriptedCloudWatch(failure('AccessDeniedException'));
    await metrics.measure([metric()]);
    await metrics.measure([metric()]);
    expect(calls).toHaveLength(2);
  });

  it('are asked in calls of at most 500 queries', async () => {
    const metrics = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`m${index}`, series(`m${index}`)]));
    const all = Array.from(
      { length: 50 },
      (): CloudWatchQuestion => ({ kind: 'expression', periodSeconds: 60, expression: 'm0', metrics }),
    );
    const scripted = scriptedCloudWatch(answer());
    expect(await scripted.metrics.measure(all)).toHaveLength(50);
    expect(scripted.calls.map(({ input }) => (input['MetricDataQueries'] as unknown[]).length)).toEqual([495, 55]);
  });

  it('are read to the last page', async () => {
    const pages = [
      { ...answer(result('q0', nowMs, [[-120, 1]], { StatusCode: 'PartialData' })), NextToken: 'more' },
      answer(result('q0', nowMs, [[-60, 3]])),
    ];
    const { metrics, calls } = scriptedCloudWatch(...pages);
    expect(await metrics.measure([metric()])).toMatchObject([{ status: 'value', value: 3 }]);
    expect(calls[1]?.input).toMatchObject({ NextToken: 'more' });
    expect(await measured(metric(), { ...answer(), NextToken: 'for ever' })).toMatchObject({ status: 'unavailable' });
  });
});

describe('a share of what is counted', () => {
  const requests = (value: number) =>
    result('q0', nowMs, [
      [-60, value],
      [-120, 1000],
    ]);
  it.each([
    ['nothing was counted', [requests(200)], { value: 0 }],
    ['something was', [requests(200), result('q0_counted0', nowMs, [[-60, 1]]), result('q0_counted1', nowMs, [[-60, 3]])], { value: 0.02 }],
    ['it was counted in another period', [requests(200), result('q0_counted0', nowMs, [[-120, 50]])], { value: 0 }],
    [
      'there were no requests',
      [requests(0), result('q0_counted0', nowMs, [[-60, 1]])],
      { status: 'noData', why: expect.stringContaining('0 requests') },
    ],
    ['no requests are known of', [result('q0_counted0', nowMs, [[-60, 1]])], { status: 'noData' }],
    ['a counter failed', [requests(200), result('q0_counted1', nowMs, [], { StatusCode: 'InternalError' })], { status: 'unavailable' }],
    ['a counter is partial', [requests(200), result('q0_counted1', nowMs, [], { StatusCode: 'PartialData' })], { status: 'noData' }],
  ])('where %s', async (_what, results, expected) => {
    expect(await measured(share, answer(...results))).toMatchObject(expected);
  });

  it('has no data where a count of requests is 0', async () => {
    const count: CloudWatchQuestion = { kind: 'count', periodSeconds: 60, metric: series('Requests') };
    expect(await measured(count, answer(result('q0', nowMs, [[-60, 0]])))).toMatchObject({ status: 'noData' });
    expect(await measured(count, answer(result('q0', nowMs, [[-60, 7]])))).toMatchObject({ status: 'value', value: 7 });
  });
});

describe('an answer that is none', () => {
  const of = (points: Parameters<typeof result>[2], more: object = {}) => answer(result('q0', nowMs, points, more));
  const said = { Messages: [{ Code: 'ArithmeticError', Value: 'One or more data-points have been dropped due to non-numeric values' }] };
  it.each<[string, object, string, string]>([
    ['has no datapoints', of([], said), 'noData', 'CloudWatch says: ArithmeticError: One or more'],
    ['has only the period under way', of([[0, 1]]), 'noData', 'no datapoint'],
    ['is stale', of([[-420, 1]]), 'noData', 'ended'],
    ['is partial', of([[-60, 1]], { StatusCode: 'PartialData' }), 'noData', 'only a part'],
    ['is NaN', of([[-60, 'NaN']]), 'noData', 'no number'],
    ['is infinite', of([[-60, 'Infinity']]), 'noData', 'no number'],
    [
      'is several series',
      answer(result('q0', nowMs, [[-60, 1]]), result('q0', nowMs, [[-60, 2]], { Label: 'b' })),
      'noData',
      'such as Errors and b',
    ],
    ['is of nothing that was asked', answer(result('q7', nowMs, [[-60, 1]])), 'noData', 'no series'],
    ['failed', of([[-60, 1]], { StatusCode: 'InternalError' }), 'unavailable', 'InternalError'],
    ['is forbidden', of([], { StatusCode: 'Forbidden' }), 'unavailable', 'does not let'],
    ['is of a status that nobody knows', of([[-60, 1]], { StatusCode: 'Soon' }), 'unavailable', 'Soon'],
    ['has values without times', of([], { Values: [1] }), 'unavailable', 'values without times'],
    ['has another shape', { MetricDataResults: 'none' }, 'unavailable', 'shape'],
    ['has values that are no numbers', of([[-60, '0x10']]), 'unavailable', 'shape'],
    ['is no object', { MetricDataResults: [null] }, 'unavailable', 'shape'],
  ])('where it %s', async (_what, output, status, why) => {
    expect(await measured(metric(), { ...output })).toEqual({ status, why: expect.stringContaining(why) });
  });

  it.each<[string, AwsAnswer, string]>([
    ['is down', failure('InternalServiceFault', 'sorry', true), 'InternalServiceFault'],
    ['takes too long', failure('TimeoutError', 'did not answer within 5000 ms', true), 'within 5000 ms'],
    ['lets nobody in', failure('AccessDeniedException', 'not authorized'), 'Who asks needs cloudwatch:GetMetricData.'],
  ])('where CloudWatch %s', async (_what, refusal, why) => {
    expect(await measured(metric(), refusal)).toEqual({ status: 'unavailable', why: expect.stringContaining(why) });
  });

  it('is for good where CloudWatch cannot read the question, and takes no other with it', async () => {
    const { metrics } = scriptedCloudWatch(
      failure('ValidationError', 'Error in expression'),
      failure('ValidationError', 'Error in expression'),
      of([[-60, 1]]),
    );
    expect(await metrics.measure([metric('bad'), metric('good')])).toMatchObject([
      { status: 'unavailable', isRefused: true },
      { status: 'value', value: 1 },
    ]);
  });

  it('is never a value, and never an error, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (output) => {
        const outcome = await measured(metric(), { status: 'ok', output } as AwsAnswer);
        expect(outcome?.status).not.toBe('value');
      }),
    );
  });

  it('is a value only of a full period of the last minutes, whatever the datapoints', async () => {
    const points = fc.array(
      fc.tuple(
        fc.integer({ min: -2000, max: 500 }).map((n) => n * 7),
        fc.oneof(fc.double(), fc.constant('NaN')),
      ),
    );
    await fc.assert(
      fc.asyncProperty(points, async (all) => {
        const results = answer(
          result(
            'q0',
            nowMs,
            all.map(([at, value]) => [at, typeof value === 'number' && !Number.isFinite(value) ? 'NaN' : value]),
          ),
        );
        const outcome = await measured(metric(), results);
        if (outcome?.status !== 'value') return;
        expect(Number.isFinite(outcome.value)).toBe(true);
        expect(outcome.untilMs).toBeLessThanOrEqual(nowMs);
        expect(nowMs - outcome.untilMs).toBeLessThanOrEqual(180_000);
      }),
    );
  });
});

describe('metrics by name', () => {
  const listed = (from: number, NextToken?: string) => ({
    ...{ Metrics: [{ Namespace: 'Shop', MetricName: `m${from}`, Dimensions: [{ Name: 'Service', Value: 'checkout' }] }] },
    ...(NextToken === undefined ? {} : { NextToken }),
  });

  it('are listed over pages', async () => {
    const { metrics } = scriptedCloudWatch(listed(0, 'more'), listed(1));
    expect(await metrics.list({ namespace: 'Shop' })).toEqual({
      ...{ status: 'listed', isWhole: true },
      metrics: [0, 1].map((n) => ({ namespace: 'Shop', metricName: `m${n}`, dimensions: { Service: 'checkout' } })),
    });
  });

  it('are not all read where there are very many', async () => {
    const { metrics, calls } = scriptedCloudWatch(listed(0, 'more'));
    expect(await metrics.list({ namespace: 'Shop' })).toMatchObject({ status: 'listed', isWhole: false });
    expect(calls).toHaveLength(4);
  });

  it('are unavailable where CloudWatch does not answer', async () => {
    const { metrics } = scriptedCloudWatch(failure('ThrottlingException', 'Rate exceeded', true));
    expect(await metrics.list({ namespace: 'Shop' })).toEqual({ status: 'unavailable', why: expect.stringContaining('ListMetrics') });
  });
});

/** What the SDK's own client would send. */
async function sentBySdk(command: GetMetricDataCommand | ListMetricsCommand) {
  let sent: { headers: Record<string, string>; body: unknown } | undefined;
  const config: CloudWatchClientConfig = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: async (request: NonNullable<typeof sent>) => {
        sent = request;
        return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) }) };
      },
    } as never,
  };
  await new CloudWatchClient(config).send(command as GetMetricDataCommand);
  const text = typeof sent?.body === 'string' ? sent.body : new TextDecoder().decode(sent?.body as Uint8Array);
  return { target: sent?.headers['x-amz-target'], body: JSON.parse(text) as unknown };
}
