import { describe, expect, it } from 'vitest';
import { createCloudWatchAlarmSource } from '../../../adapters/metrics/cloudwatch.ts';
import { createPrometheus, createPrometheusAlerts } from '../../../adapters/metrics/prometheus.ts';
import type { AlarmReading, Measurement } from '../../../core/metric-ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { scriptedFetch } from './scripted-fetch.ts';

const clock = new VirtualClock();
const seconds = clock.now() / 1000;
const url = 'http://prometheus.example.com';

async function measured(body: unknown): Promise<Measurement | undefined> {
  const { fetch } = scriptedFetch(() => ({ body }));
  return (await createPrometheus({ url, clock, fetch }).measure([{ name: 'errors', query: 'up' }]))[0];
}

const scalar = (value: string, at = seconds) => ({ status: 'success', data: { resultType: 'scalar', result: [at, value] } });

describe('an answer of Prometheus that means harm', () => {
  it.each(['0x10', '0b1', '', ' 1', '1 ', 'Infinity', '1e999', '1_000'])('is no number where it is %j', async (value) => {
    expect(await measured(scalar(value))).toMatchObject({ status: 'unavailable' });
  });

  it.each([
    ['0.5', 0.5],
    ['-1.5e-07', -1.5e-7],
    ['1e+06', 1_000_000],
    ['7', 7],
  ])('is one where Go wrote it: %s', async (value, expected) => {
    expect(await measured(scalar(value))).toMatchObject({ status: 'value', value: expected });
  });

  it.each([seconds + 3_600, 1e308])('is not taken for a fresh one where it is of a time to come: %d', async (at) => {
    expect(await measured(scalar('0', at))).toMatchObject({ status: 'unavailable', why: expect.stringContaining('time to come') });
  });

  it('tells of the past no more than was asked, and nothing that is no number', async () => {
    const texts = ['7', '1e999', 'NaN', '0x10', '2', '3'];
    const values = texts.map((text, index) => [seconds + index, text]);
    const { fetch } = scriptedFetch(() => ({
      body: { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } },
    }));
    const past = { lastAtMs: clock.now(), everySeconds: 1, count: 5 };
    expect(await createPrometheus({ url, clock, fetch }).history({ name: 'errors', query: 'up' }, past)).toEqual([
      { atMs: (seconds + 4) * 1000, value: 2 },
      { atMs: (seconds + 5) * 1000, value: 3 },
    ]);
  });

  it('is not read to its end where it is without one', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const api = createPrometheus({ url, clock, fetch: async () => new Response(body) });
    expect(await api.measure([{ name: 'errors', query: 'up' }])).toMatchObject([
      { status: 'unavailable', why: expect.stringContaining('more than 16 MB') },
    ]);
    expect(sent).toBeLessThan(20);
  });

  it('gives a reason of bounded length, whatever it holds', async () => {
    const long = 'x'.repeat(100_000);
    const series = { metric: { pod: long }, value: [seconds, '1'] };
    for (const body of [
      { ...scalar('1'), warnings: Array.from({ length: 100 }, () => long) },
      { status: 'success', data: { resultType: 'vector', result: [series, series] } },
      { status: 'error', errorType: long, error: long },
      scalar(long),
    ]) {
      const answer = await measured(body);
      expect(answer !== undefined && 'why' in answer ? answer.why.length : Number.NaN).toBeLessThan(1_500);
    }
  });

  it('about alerts gives a reason of bounded length, and a time that can be kept', async () => {
    const firing = {
      labels: { alertname: 'Slow' },
      annotations: { summary: 'x'.repeat(100_000) },
      state: 'firing',
      activeAt: '2026-01-05T03:00:00Z',
    };
    const rules = { groups: [{ rules: [{ name: 'Slow', duration: 1e308 }] }] };
    const { fetch } = scriptedFetch((path) => ({
      body: { status: 'success', data: path.endsWith('alerts') ? { alerts: [firing] } : rules },
    }));
    const [reading] = await createPrometheusAlerts({ url, clock, fetch }).read(['Slow']);
    expect(reading).toMatchObject({ state: 'alarm', sinceMs: undefined });
    expect(reading?.reason.length).toBeLessThan(600);
  });
});

describe('an answer of CloudWatch that means harm', () => {
  const read = (pages: () => object): Promise<AlarmReading[]> =>
    createCloudWatchAlarmSource({ send: async () => ({ $metadata: {}, ...pages() }) }).read(['errors']);

  it.each(['constructor', '__proto__', 'toString'])('is no state of an alarm where it is %s', async (StateValue) => {
    expect(await read(() => ({ MetricAlarms: [{ AlarmName: 'errors', StateValue }] }))).toMatchObject([{ state: 'unavailable' }]);
  });

  it('is not asked on where it never comes to an end', async () => {
    let asked = 0;
    const readings = await read(() => {
      asked += 1;
      return { NextToken: `page ${asked}` };
    });
    expect(readings).toMatchObject([{ state: 'unavailable' }]);
    expect(asked).toBe(10);
  });

  it('gives a reason of bounded length', async () => {
    const [reading] = await read(() => ({
      MetricAlarms: [{ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'x'.repeat(100_000) }],
    }));
    expect(reading?.reason.length).toBeLessThan(1_100);
  });
});
