import { CloudWatchClient, type CompositeAlarm, type DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { type CloudWatchSender, createCloudWatchAlarmSource } from '../../../adapters/metrics/cloudwatch.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { largeRegion } from '../../bench/scale/quotas.ts';
import { TokenBucket } from '../../bench/scale/token-bucket.ts';
import { seededRandom } from '../../seeded-random.ts';

const since = new Date('2026-01-05T02:58:00Z');
const updated = new Date('2026-01-05T02:59:00Z');

/** Answers as DescribeAlarms does: only what exists, metric alarms and composite ones apart, in its own order, in pages. */
class FakeCloudWatch implements CloudWatchSender {
  readonly inputs: DescribeAlarmsCommand['input'][] = [];
  readonly #metric: readonly MetricAlarm[];
  readonly #composite: readonly CompositeAlarm[];
  readonly #pageSize: number;
  readonly #failAtCall: number;
  readonly #failure: string;

  constructor(
    alarms: { metric?: MetricAlarm[]; composite?: CompositeAlarm[] },
    options: { pageSize?: number; failAtCall?: number; failure?: string } = {},
  ) {
    this.#metric = alarms.metric ?? [];
    this.#composite = alarms.composite ?? [];
    this.#pageSize = options.pageSize ?? 100;
    this.#failAtCall = options.failAtCall ?? 0;
    this.#failure = options.failure ?? 'ThrottlingException';
  }

  async send({ input }: DescribeAlarmsCommand) {
    this.inputs.push(input);
    if (this.inputs.length === this.#failAtCall) throw Object.assign(new Error('Rate exceeded'), { name: this.#failure });
    if ((input.AlarmNames?.length ?? 0) > 100) throw Object.assign(new Error('at most 100'), { name: 'ValidationError' });
    const types = input.AlarmTypes ?? ['MetricAlarm'];
    const all = [
      ...(types.includes('MetricAlarm') ? this.#metric.map((alarm) => ({ metric: alarm, name: alarm.AlarmName })) : []),
      ...(types.includes('CompositeAlarm') ? this.#composite.map((alarm) => ({ composite: alarm, name: alarm.AlarmName })) : []),
    ].filter(({ name }) => name !== undefined && input.AlarmNames?.includes(name));
    const start = Number(input.NextToken ?? 0);
    const page = all.reverse().slice(start, start + this.#pageSize);
    return {
      MetricAlarms: page.flatMap((entry) => ('metric' in entry ? [entry.metric] : [])),
      CompositeAlarms: page.flatMap((entry) => ('composite' in entry ? [entry.composite] : [])),
      ...(start + this.#pageSize < all.length ? { NextToken: `${start + this.#pageSize}` } : {}),
      $metadata: {},
    };
  }
}

const firing = (name: string): MetricAlarm => ({
  AlarmName: name,
  StateValue: 'ALARM',
  StateReason: 'Threshold crossed',
  StateTransitionedTimestamp: since,
  StateUpdatedTimestamp: updated,
});
const names = (count: number) => Array.from({ length: count }, (_, index) => `alarm-${index}`);

describe('the alarms of CloudWatch', () => {
  it("are asked through the SDK's client", () => {
    expect(createCloudWatchAlarmSource(new CloudWatchClient({ region: 'eu-west-1' }))).toBeDefined();
  });

  it('read as they are, metric and composite ones, in the order asked', async () => {
    const client = new FakeCloudWatch({
      metric: [firing('errors'), { AlarmName: 'latency', StateValue: 'OK', StateReason: 'Fine', StateUpdatedTimestamp: updated }],
      composite: [{ AlarmName: 'service', StateValue: 'INSUFFICIENT_DATA', StateReason: 'No data yet' }],
    });
    expect(await createCloudWatchAlarmSource(client).read(['service', 'errors', 'latency'])).toEqual([
      { name: 'service', state: 'insufficientData', reason: 'No data yet', sinceMs: undefined },
      { name: 'errors', state: 'alarm', reason: 'Threshold crossed', sinceMs: since.getTime() },
      { name: 'latency', state: 'ok', reason: 'Fine', sinceMs: updated.getTime() },
    ]);
  });

  it('are missing where CloudWatch knows none of the name', async () => {
    const client = new FakeCloudWatch({ metric: [firing('errors')] });
    expect(await createCloudWatchAlarmSource(client).read(['erors', 'errors'])).toMatchObject([
      { name: 'erors', state: 'missing', reason: expect.stringContaining('no alarm of the name erors') },
      { name: 'errors', state: 'alarm' },
    ]);
  });

  it('that are asked twice read twice, from one question', async () => {
    const client = new FakeCloudWatch({ metric: [firing('errors')] });
    const readings = await createCloudWatchAlarmSource(client).read(['errors', 'other', 'errors']);
    expect(readings.map(({ name, state }) => `${name} ${state}`)).toEqual(['errors alarm', 'other missing', 'errors alarm']);
    expect(client.inputs.map((input) => input.AlarmNames)).toEqual([['errors', 'other']]);
  });

  it.each([
    [0, []],
    [1, [1]],
    [100, [100]],
    [250, [100, 100, 50]],
  ])('are asked in batches: %i names are %j', async (count, batches) => {
    const client = new FakeCloudWatch({ metric: names(count).map(firing) });
    const readings = await createCloudWatchAlarmSource(client).read(names(count));
    expect(client.inputs.map((input) => input.AlarmNames?.length)).toEqual(batches);
    expect(readings.map((reading) => reading.name)).toEqual(names(count));
    expect(readings.every((reading) => reading.state === 'alarm')).toBe(true);
  });

  it('are read to the last page', async () => {
    const client = new FakeCloudWatch({ metric: names(7).map(firing) }, { pageSize: 3 });
    const readings = await createCloudWatchAlarmSource(client).read(names(7));
    expect(readings.map((reading) => reading.state)).toEqual(Array(7).fill('alarm'));
    expect(client.inputs).toHaveLength(3);
  });

  it('are asked no more once CloudWatch has too many requests: what was not answered is unavailable', async () => {
    const client = new FakeCloudWatch({ metric: names(250).map(firing) }, { failAtCall: 2 });
    const readings = await createCloudWatchAlarmSource(client).read(names(250));
    const unavailable = readings.filter((reading) => reading.state === 'unavailable');
    expect(unavailable.map((reading) => reading.name)).toEqual(names(250).slice(100));
    expect(unavailable[0]?.reason).toBe('CloudWatch did not answer DescribeAlarms: ThrottlingException, Rate exceeded');
    expect(unavailable.at(-1)?.reason).toBe('CloudWatch was asked no more, because it had too many requests');
    expect(client.inputs).toHaveLength(2);
  });

  it('are asked on where a batch failed for another reason', async () => {
    const client = new FakeCloudWatch({ metric: names(250).map(firing) }, { failAtCall: 2, failure: 'InternalServiceFault' });
    const readings = await createCloudWatchAlarmSource(client).read(names(250));
    expect(readings.filter((reading) => reading.state === 'unavailable').map(({ name }) => name)).toEqual(names(250).slice(100, 200));
  });

  it('are asked no faster than the pace', async () => {
    const clock = new VirtualClock();
    const atMs: number[] = [];
    const client = new FakeCloudWatch({ metric: names(250).map(firing) });
    const timed: CloudWatchSender = {
      send: (command) => {
        atMs.push(clock.now());
        return client.send(command);
      },
    };
    await createCloudWatchAlarmSource(timed, { clock, callsPerSecond: 5 }).read(names(250));
    expect(atMs.map((at) => at - (atMs[0] ?? 0))).toEqual([0, 200, 400]);
  });

  it('that an earlier page told are kept when a later page fails; the others are unavailable, not missing', async () => {
    const client = new FakeCloudWatch({ metric: ['a', 'b', 'c'].map(firing) }, { pageSize: 2, failAtCall: 2 });
    const readings = await createCloudWatchAlarmSource(client).read(['a', 'b', 'c', 'd']);
    expect(readings.map((reading) => reading.state)).toEqual(['unavailable', 'alarm', 'alarm', 'unavailable']);
  });

  it('are unavailable in a state that Sluice does not know: it is never taken for ok', async () => {
    const client = new FakeCloudWatch({ metric: [{ AlarmName: 'errors', StateValue: 'MUTED' as never }] });
    expect(await createCloudWatchAlarmSource(client).read(['errors'])).toMatchObject([
      { state: 'unavailable', reason: expect.stringContaining('MUTED') },
    ]);
  });
});

describe('an account in which many ask CloudWatch at once', () => {
  /** Nine calls a second, as DescribeAlarms allows; the others are refused. */
  const crowded = async (askers: number, patienceSeconds: number) => {
    const clock = new VirtualClock();
    const quota = new TokenBucket(largeRegion.describeAlarms);
    const random = seededRandom(1);
    const client: CloudWatchSender = {
      send: async ({ input }) => {
        if (!quota.take(1, clock.now())) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
        return { MetricAlarms: (input.AlarmNames ?? []).map(firing), $metadata: {} };
      },
    };
    const source = createCloudWatchAlarmSource(client, { clock, callsPerSecond: 6, patienceSeconds, random });
    const fromMs = clock.now();
    const answers = await Promise.all(names(askers).map((name) => source.read([name])));
    const unknown = answers.flat().filter(({ state }) => state === 'unavailable').length;
    return { unknown, tookMs: clock.now() - fromMs };
  };

  it('answers a hundred of them, if they have patience', async () => {
    const { unknown, tookMs } = await crowded(100, 15);
    expect(unknown).toBe(0);
    expect(tookMs).toBeLessThan(15_000);
  });

  it('keeps nobody for longer than that, however many they are', async () => {
    const { unknown, tookMs } = await crowded(1_000, 15);
    expect(unknown).toBeGreaterThan(0);
    expect(unknown).toBeLessThan(1_000 - 130);
    expect(tookMs).toBeLessThanOrEqual(15_000);
  });

  it('answers those who come first, and no others, without patience', async () => {
    expect(await crowded(100, 0)).toEqual({ unknown: 91, tookMs: 0 });
  });
});
