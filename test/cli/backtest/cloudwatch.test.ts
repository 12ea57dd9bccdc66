import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScaledClock } from '../../../sandbox/clock.ts';
import { startPrometheus } from '../../../sandbox/prometheus/prometheus.ts';
import { type AlarmOverTime, withAlarms } from '../../backtest/alarm-history-api.ts';
import { exampleFile } from '../../backtest/example.ts';
import { cloudWatchOf, loadBalancer, type SimulatedLoadBalancer, writtenMetrics } from '../../backtest/load-balancer.ts';
import { scrapedService } from '../../backtest/simulated-service.ts';
import { type CloudWatchServer, startCloudWatchServer } from '../cloudwatch-server.ts';
import { sluice, temporaryFolder } from '../run-command.ts';
import { readSvg } from './read-svg.ts';

const fromMs = Date.UTC(2026, 10, 20, 10);
const nowMs = fromMs + 3 * 3_600_000;
const service: SimulatedLoadBalancer = {
  seed: 8,
  fromMs,
  pastSeconds: 600,
  forSeconds: 3_600,
  requestsPerSecond: () => 30,
  failing: (after) => (after > 600 ? 0.3 : 0.003),
  latencySeconds: () => 0.08,
};

const ofLoadBalancer = `
    - { loadBalancer: ${loadBalancer}, measure: failedShare, max: 0.05 }
    - name: slowness
      cloudwatch:
        expression: 1000 * latency
        metrics:
          latency: { namespace: AWS/ApplicationELB, name: TargetResponseTime, dimensions: { LoadBalancer: ${loadBalancer} }, stat: Average }
      max: 500`;

let cwd: string;
let server: CloudWatchServer;
let alarms: Record<string, AlarmOverTime>;
let asked: number;

beforeEach(async () => {
  cwd = await temporaryFolder();
  alarms = { 'checkout-errors': [] };
  const call = cloudWatchOf(writtenMetrics(service));
  asked = 0;
  server = await startCloudWatchServer((operation, input) => {
    asked += 1;
    return withAlarms(call, alarms)(operation, input);
  });
  await writeSpec(ofLoadBalancer);
});

afterEach(() => server.close());

/** The example's spec with other metrics. */
async function writeSpec(metrics: string) {
  const text = await readFile('rollouts/checkout.yaml', 'utf8');
  await writeFile(join(cwd, 'checkout.yaml'), text.replace(/^ {2}metrics:\n(?: {4}.*\n)*/m, `  metrics:${metrics}\n`));
}

async function editSpec(found: string | RegExp, replacement: string) {
  const text = await readFile(join(cwd, 'checkout.yaml'), 'utf8');
  const changed = text.replace(found, replacement);
  if (changed === text) throw new Error(`There is no ${found} in the spec.`);
  await writeFile(join(cwd, 'checkout.yaml'), changed);
}

const times = ['--from', '2026-11-20T10:00Z', '--to', '2026-11-20T10:50Z'];
const run = (argv: readonly string[], { environment = server.environment, atMs = nowMs } = {}) => {
  const clock = { now: () => atMs, sleep: async () => undefined };
  return sluice(['backtest', './checkout.yaml', ...argv], { cwd, environment, clock });
};

describe('a recording that CloudWatch is asked for', () => {
  it('is replayed: rolled back by the second datapoint that is bad, exit code 1', async () => {
    const { code, out, err } = await run(['--cloudwatch', ...times]);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/^Would have been rolled back after 13m\d*s?, at step \d of 5: analysis\.$/m);
    expect(out).toMatch(/failedShare of the load balancer is 0\.\d+, above 0\.05 \(2 of 2 in a row, 2 of 5 in all\)/);
    expect(out).toContain('each datapoint was taken for published one period after its end, as it stands now.');
    expect(out).not.toContain('functions over time');
  });

  it('is kept by --save as the AWS command line prints it: from its file it comes to the same', async () => {
    const now = await run(['--cloudwatch', ...times, '--json', '--save', 'recording.json', '--svg', 'plot.svg']);
    expect(now.code).toBe(1);
    const file = JSON.parse(await readFile(join(cwd, 'recording.json'), 'utf8'));
    expect(file.metrics.slowness.MetricDataResults[0]).toMatchObject({ Id: 'q0', StatusCode: 'Complete' });
    expect(file.metrics.slowness.MetricDataResults[0].Timestamps).toContain('2026-11-20T10:00:00Z');
    expect(JSON.parse((await run(['--data', 'recording.json', ...times, '--json'])).out)).toEqual(JSON.parse(now.out));
    const { texts } = readSvg(await readFile(join(cwd, 'plot.svg'), 'utf8'));
    expect(texts).toEqual(expect.arrayContaining(['failedShare of the load balancer', 'slowness']));
  });

  it('says of a spec that also asks Prometheus what is left out, and asks both where both are named', async () => {
    await writeSpec(`${ofLoadBalancer}\n    - successRate`);
    const alone = await run(['--cloudwatch', ...times]);
    expect(alone.out).toContain('Left out: what Prometheus is asked, of which nothing was recorded (successRate),');
    const clock = new ScaledClock({ speed: 1, startMs: nowMs });
    const prometheus = await startPrometheus({ clock, retentionMs: 86_400_000 });
    try {
      const store = scrapedService({
        seed: 9,
        fromMs,
        pastSeconds: 2_100,
        forSeconds: 3_000,
        requestsPerSecond: 40,
        canaryPart: 0.1,
        failing: () => 0.004,
      });
      for (const { labels, points } of store.range([], 0, Number.MAX_SAFE_INTEGER)) {
        for (const { atMs, value } of points) prometheus.store.append(labels, atMs, value);
      }
      const both = await run(['--cloudwatch', '--prometheus', prometheus.url, ...times, '--json', '--save', 'both.json']);
      expect(
        JSON.parse(both.out)
          .looks.at(-1)
          .verdicts.map(({ name }: { name: string }) => name),
      ).toEqual(['checkout-errors', 'failedShare of the load balancer', 'slowness', 'successRate']);
      expect(JSON.parse((await run(['--data', 'both.json', ...times, '--json'])).out)).toEqual(JSON.parse(both.out));
    } finally {
      await prometheus.close();
      clock.stop();
    }
  });

  it('warns of functions that see more than in a rollout', async () => {
    await writeSpec(`${ofLoadBalancer}\n    - successRate`);
    await run(['--cloudwatch', ...times, '--save', 'recording.json']);
    await editSpec('1000 * latency', '1000 * RATE(latency)');
    expect((await run(['--data', 'recording.json'])).out).toContain('here they saw all that was recorded (slowness).');
  });

  it('is made of what --print-queries prints', async () => {
    const { code, out } = await run(['--print-queries', '--json']);
    const { metricData, queries } = JSON.parse(out);
    expect([code, queries]).toEqual([0, []]);
    expect(metricData.map(({ path }: { path: string[] }) => path)).toEqual([['failedShare of the load balancer'], ['slowness']]);
    expect(metricData[0].metricDataQueries.map(({ Id }: { Id: string }) => Id)).toEqual(['q0', 'q0_counted0', 'q0_counted1']);
    const shown = (await run(['--print-queries'])).out;
    expect(shown).toMatch(
      /^A recording holds what `aws cloudwatch get-metric-data --output json --metric-data-queries` answers to each of these/,
    );
    expect(shown).toContain(JSON.stringify(metricData[1].metricDataQueries));
  });

  it('is of its alarms too: the one that fires first rolls back', async () => {
    alarms = { 'checkout-errors': [{ atMs: fromMs + 605_000, to: 'ALARM', reason: '9 errors' }] };
    const now = await run(['--cloudwatch', ...times, '--json', '--save', 'recording.json']);
    expect([now.code, JSON.parse(now.out).end]).toEqual([
      1,
      expect.objectContaining({ reason: 'alarm', why: 'checkout-errors is in alarm: 9 errors', afterSeconds: 610 }),
    ]);
    expect(JSON.parse((await run(['--data', 'recording.json', '--json'])).out)).toEqual(JSON.parse(now.out));
    const { out } = await run(['--print-queries']);
    expect(out).toContain('"checkout-errors"');
    // CloudWatch tells of composite alarms only where it is asked for them: without them one that fired would look like one that never changed.
    expect(out).toContain('--alarm-types MetricAlarm CompositeAlarm');
    expect(await readFile('docs/cli.md', 'utf8')).toContain('--alarm-types MetricAlarm CompositeAlarm');
  });

  it('is of alarms alone, where the spec asks for nothing else', async () => {
    await editSpec(/^ {2}metrics:\n(?: {4}.*\n)*/m, '');
    alarms = { 'checkout-errors': [{ atMs: fromMs + 605_000, to: 'ALARM' }] };
    const now = await run(['--cloudwatch', ...times, '--json', '--save', 'recording.json', '--svg', 'plot.svg']);
    expect([now.code, JSON.parse(now.out).end.reason]).toEqual([1, 'alarm']);
    expect(JSON.parse((await run(['--data', 'recording.json', '--json'])).out)).toEqual(JSON.parse(now.out));
    expect(readSvg(await readFile(join(cwd, 'plot.svg'), 'utf8')).texts).toContain('rolled back after 10:10: alarm');
  });

  it('is none of a rollout that would not have begun, unless the spec says to ignore that', async () => {
    alarms = { 'checkout-errors': [{ atMs: fromMs - 60_000, to: 'ALARM' }] };
    const refused = await run(['--cloudwatch', ...times]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('In alarm when the rollout was to begin: checkout-errors.')]);
    await editSpec('alarmAtStart: block', 'alarmAtStart: ignore');
    expect((await run(['--cloudwatch', ...times])).out).toContain('passed over until it recovers: checkout-errors.');
  });

  it('is not there where CloudWatch does not know an alarm: exit code 3', async () => {
    alarms = {};
    const { code, err } = await run(['--cloudwatch', ...times]);
    expect([code, err]).toEqual([3, expect.stringContaining('CloudWatch has no alarm named checkout-errors.')]);
  });

  it('is not there where CloudWatch has nothing, or does not answer: exit code 3', async () => {
    const before = ['--from', '2026-11-20T07:00Z', '--to', '2026-11-20T08:00Z'];
    const none = await run(['--cloudwatch', ...before]);
    expect([none.code, none.err]).toEqual([
      3,
      expect.stringContaining('CloudWatch has nothing of failedShare of the load balancer, slowness from'),
    ]);
    await server.close();
    const down = await run(['--cloudwatch', ...times]);
    expect([down.code, down.err]).toEqual([3, expect.stringContaining('CloudWatch did not answer GetMetricData')]);
    expect(down.err).toContain('It was asked for failedShare of the load balancer.');
  });

  it('is refused where CloudWatch has forgotten it: exit code 2', async () => {
    const { code, err } = await run(['--cloudwatch', ...times], { atMs: nowMs + 16 * 86_400_000 });
    expect([code, err]).toEqual([2, expect.stringContaining('CloudWatch keeps datapoints of 1m for 15d')]);
  });

  it.each([
    ['--save', 'missing/recording.json'],
    ['--save', '.'],
    ['--svg', 'checkout.yaml/plot.svg'],
  ])('is refused before anybody is asked where %s %s could not be written: exit code 2', async (option, file) => {
    const { code, err } = await run(['--cloudwatch', ...times, option, file]);
    expect([code, err, asked]).toEqual([2, expect.stringContaining(`${file} could not be written.`), 0]);
  });

  it('is refused where its end lies ahead: what is not there yet would look like no data', async () => {
    const { code, err } = await run(['--cloudwatch', ...times], { atMs: fromMs + 49 * 60_000 });
    expect([code, err, asked]).toEqual([2, expect.stringContaining('--to is 2026-11-20T10:50:00Z, which lies ahead'), 0]);
    expect((await run(['--cloudwatch', ...times], { atMs: fromMs + 50 * 60_000 })).code).toBe(1);
  });

  it.each<[string, readonly string[], string]>([
    ['a recording besides', ['--cloudwatch', '--data', 'x.json'], 'Only one of --data, --cloudwatch and --print-queries can be meant.'],
    ['no time', ['--cloudwatch'], '--cloudwatch is to be asked for a time'],
    ['a Prometheus that is asked nothing', ['--prometheus', 'http://localhost:9', ...times], 'The spec asks nothing of Prometheus.'],
    [
      'a recording of something else',
      ['--data', join(process.cwd(), exampleFile)],
      'metrics["failedShare of the load balancer"]: found nothing',
    ],
  ])('is refused for %s: exit code 2', async (_, argv, message) => {
    expect(await run(argv)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  it('is refused without a region, and for a spec that asks nothing of CloudWatch', async () => {
    const nowhere = await run(['--cloudwatch', ...times], { environment: {} });
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining('Give --region, or set AWS_REGION.') });
    await writeSpec('\n    - successRate');
    await editSpec(/^ {2}alarms:.*\n(?: {4}.*\n)*/m, '');
    expect(await run(['--cloudwatch', ...times])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Leave --cloudwatch out: what it asks is Prometheus.'),
    });
  });
});
