import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { busyFetch } from '../../../sandbox/prometheus/busy-fetch.ts';
import { type Prometheus, type PrometheusOptions, startPrometheus } from '../../../sandbox/prometheus/prometheus.ts';
import { exposingServer } from './exposing-server.ts';

const startMs = Date.UTC(2026, 0, 5);
const startSeconds = startMs / 1000;

describe('startPrometheus', () => {
  const closing: (() => Promise<void>)[] = [];
  let clock: VirtualClock;
  let prometheus: Prometheus;

  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    clock.stop();
  });

  async function start(options: Partial<PrometheusOptions> = {}): Promise<void> {
    clock = new VirtualClock({ startMs });
    prometheus = await startPrometheus({ clock, scrapeIntervalMs: 10_000, ...options });
    closing.push(() => prometheus.close());
    prometheus.store.append({ __name__: 'visits', app: 'shop' }, startMs, 1);
    prometheus.store.append({ __name__: 'visits', app: 'shop' }, startMs + 10_000, 3.5);
    prometheus.store.append({ __name__: 'visits', app: 'till' }, startMs + 10_000, Number.NaN);
    await clock.sleep(10_000);
  }

  async function ask(path: string, form?: Record<string, string>): Promise<{ status: number; body: unknown }> {
    const init = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    const response = await busyFetch(clock)(`${prometheus.url}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  const query = (promql: string, more: Record<string, string> = {}) =>
    ask(`/api/v1/query?${new URLSearchParams({ query: promql, ...more })}`);

  const vector = [
    { metric: { __name__: 'visits', app: 'shop' }, value: [startSeconds + 10, '3.5'] },
    { metric: { __name__: 'visits', app: 'till' }, value: [startSeconds + 10, 'NaN'] },
  ];

  it('answers an instant query by GET and by POST, at its own time where none is given', async () => {
    await start();
    const body = { status: 'success', data: { resultType: 'vector', result: vector } };
    expect(await query('visits')).toEqual({ status: 200, body });
    expect(await ask('/api/v1/query', { query: 'visits' })).toEqual({ status: 200, body });
  });

  it.each([
    ['1 / 0', { resultType: 'scalar', result: [startSeconds, '+Inf'] }],
    ['"hi"', { resultType: 'string', result: [startSeconds, 'hi'] }],
    ['visits', { resultType: 'vector', result: [{ metric: { __name__: 'visits', app: 'shop' }, value: [startSeconds, '1'] }] }],
    [
      'visits{app="shop"}[1m]',
      { resultType: 'matrix', result: [{ metric: { __name__: 'visits', app: 'shop' }, values: [[startSeconds, '1']] }] },
    ],
  ])('answers %s at a given time', async (promql, data) => {
    await start();
    expect(await query(promql, { time: String(startSeconds) })).toMatchObject({ body: { data } });
    expect(await query(promql, { time: '2026-01-05T00:00:00Z' })).toMatchObject({ body: { data } });
  });

  it('answers a range query', async () => {
    await start();
    const parameters = { query: 'visits{app="shop"}', start: String(startSeconds), end: String(startSeconds + 10), step: '10s' };
    const data = {
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'visits', app: 'shop' },
          values: [
            [startSeconds, '1'],
            [startSeconds + 10, '3.5'],
          ],
        },
      ],
    };
    expect(await ask('/api/v1/query_range', parameters)).toEqual({ status: 200, body: { status: 'success', data } });
  });

  const range = { query: 'visits', start: '0', end: '10', step: '1' };

  it.each([
    ['query', { query: 'sum(' }, 400, 'bad_data', 'invalid parameter "query": 1:5: parse error: unexpected end of input'],
    ['query', {}, 400, 'bad_data', 'invalid parameter "query": unknown position: parse error: no expression found in input'],
    ['query', { query: 'a', time: 'noon' }, 400, 'bad_data', 'invalid parameter "time": cannot parse "noon" to a valid timestamp'],
    [
      'query',
      { query: 'visits + on() visits' },
      422,
      'execution',
      expect.stringMatching(/^found duplicate series for the match group \{\} /),
    ],
    ['query_range', { ...range, step: '0' }, 400, 'bad_data', expect.stringContaining('zero or negative query resolution')],
    ['query_range', { ...range, step: 'x' }, 400, 'bad_data', 'invalid parameter "step": cannot parse "x" to a valid duration'],
    ['query_range', { ...range, end: '-1' }, 400, 'bad_data', 'invalid parameter "end": end timestamp must not be before start time'],
    ['query_range', { ...range, end: '20000' }, 400, 'bad_data', expect.stringContaining('maximum resolution of 11,000 points')],
    ['query_range', { ...range, start: '' }, 400, 'bad_data', 'invalid parameter "start": cannot parse "" to a valid timestamp'],
    ['query_range', { ...range, query: 'a[1m]' }, 400, 'bad_data', expect.stringContaining('invalid expression type "range vector"')],
  ])('refuses %s with %j', async (path, form, status, errorType, error) => {
    await start();
    expect(await ask(`/api/v1/${path}`, form)).toEqual({ status, body: { status: 'error', errorType, error } });
  });

  it('is ready, and knows no other paths', async () => {
    await start();
    expect((await ask('/-/ready')).status).toBe(200);
    expect((await ask('/api/v2/query')).status).toBe(404);
  });

  it('scrapes its targets, and tells of alerts and rules', async () => {
    const target = await exposingServer('latency 2\n');
    closing.push(() => target.close());
    await start({
      targets: [{ job: 'shop', url: target.url, instance: 'a' }],
      rules: [
        { alert: 'Slow', expr: 'latency > 1', forSeconds: 15, annotations: { summary: 'slow' } },
        { alert: 'Down', expr: 'up == 0' },
      ],
    });
    await clock.sleep(1_000);
    const alert = { labels: { alertname: 'Slow', job: 'shop', instance: 'a' }, annotations: { summary: 'slow' }, value: '2e+00' };
    expect((await ask('/api/v1/alerts')).body).toMatchObject({ data: { alerts: [{ ...alert, state: 'pending' }] } });
    await clock.sleep(30_000);
    expect((await ask('/api/v1/alerts')).body).toMatchObject({ data: { alerts: [{ ...alert, state: 'firing' }] } });
    const rules = [
      { name: 'Slow', type: 'alerting', state: 'firing', health: 'ok', duration: 15, query: 'latency > 1' },
      { name: 'Down', type: 'alerting', state: 'inactive', health: 'ok', duration: 0, alerts: [] },
    ];
    expect((await ask('/api/v1/rules')).body).toMatchObject({ data: { groups: [{ rules }] } });
    expect((await ask('/api/v1/rules?type=record')).body).toEqual({ status: 'success', data: { groups: [] } });
  });

  it('does not start with a rule that does not parse', async () => {
    clock = new VirtualClock({ startMs });
    await expect(startPrometheus({ clock, rules: [{ alert: 'A', expr: 'rate(a)' }] })).rejects.toThrow('expected type range vector');
  });

  it('forgets what is older than its retention', async () => {
    await start({ retentionMs: 30_000 });
    await clock.sleep(60_000);
    expect((await query('count_over_time(visits[1h])')).body).toMatchObject({ data: { result: [] } });
  });

  it.each([429, 500, 503] as const)('answers everything with %i while told to', async (status) => {
    await start();
    prometheus.faults.status = status;
    expect((await query('visits')).status).toBe(status);
    prometheus.faults.status = undefined;
    expect((await query('visits')).status).toBe(200);
  });

  it('cuts connections while it is down, and is there again afterwards', async () => {
    await start();
    await query('visits');
    prometheus.faults.down = true;
    await expect(query('visits')).rejects.toThrow();
    prometheus.faults.down = false;
    expect((await query('visits')).status).toBe(200);
  });

  it('takes its time while it is slow, but no longer than the time-out that it is given', async () => {
    await start();
    prometheus.faults.slowMs = 3_000;
    expect((await query('visits')).status).toBe(200);
    expect(clock.now() - startMs).toBe(13_000);
    expect(await query('visits', { timeout: '1s' })).toEqual({
      status: 503,
      body: { status: 'error', errorType: 'timeout', error: 'query timed out in expression evaluation' },
    });
    expect(clock.now() - startMs).toBe(14_000);
  });

  it('adds warnings to its answers', async () => {
    await start();
    prometheus.faults.warnings = ['a store did not answer'];
    expect((await query('visits')).body).toMatchObject({ status: 'success', warnings: ['a store did not answer'] });
  });
});
