import { describe, expect, it } from 'vitest';
import { createPrometheusAlerts } from '../../../adapters/metrics/prometheus-alerts.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { busyFetch } from '../../../sandbox/prometheus/busy-fetch.ts';
import { startPrometheus } from '../../../sandbox/prometheus/prometheus.ts';
import { alarmSourceContract } from '../../contract/alarm-source.ts';
import { endTrouble, makeTrouble, prometheusTroubles } from './prometheus-trouble.ts';
import { scriptedFetch } from './scripted-fetch.ts';

const startMs = Date.UTC(2026, 0, 5);

alarmSourceContract('Prometheus', async () => {
  const clock = new VirtualClock({ startMs });
  const prometheus = await startPrometheus({
    clock,
    evaluationIntervalMs: 10_000,
    rules: [
      { alert: 'Fine', expr: 'vector(0) > 1' },
      { alert: 'Burning', expr: 'vector(2) > 1', forSeconds: 20 },
      { alert: 'Broken', expr: 'a / on() a' },
    ],
  });
  prometheus.store.append({ __name__: 'a', pod: '1' }, startMs - 1, 1);
  prometheus.store.append({ __name__: 'a', pod: '2' }, startMs - 1, 1);
  await clock.sleep(25_000);
  return {
    source: createPrometheusAlerts({ url: prometheus.url, clock, fetch: busyFetch(clock) }),
    names: { ok: 'Fine', alarm: 'Burning', insufficientData: 'Broken', missing: 'Nobody' },
    alarmSinceMs: startMs + 20_000,
    troubles: prometheusTroubles,
    makeTrouble: (trouble) => makeTrouble(prometheus.faults, trouble),
    endTrouble: () => endTrouble(prometheus.faults),
    tearDown: async () => {
      await prometheus.close();
      clock.stop();
    },
  };
});

interface Told {
  readonly alerts: readonly unknown[];
  readonly rules?: readonly unknown[];
}

async function read({ alerts, rules }: Told) {
  const clock = new VirtualClock({ startMs });
  const { fetch } = scriptedFetch((path) => {
    if (path.endsWith('/alerts')) return { body: { status: 'success', data: { alerts } } };
    return rules === undefined ? { status: 404, body: 'not found' } : { body: { status: 'success', data: { groups: [{ rules }] } } };
  });
  const source = createPrometheusAlerts({ url: 'http://prometheus', clock, fetch: (input, init) => clock.busy(() => fetch(input, init)) });
  const [reading] = await source.read(['Slow']);
  clock.stop();
  return reading;
}

const slow = (state: string, more: Record<string, unknown> = {}) => ({
  labels: { alertname: 'Slow', app: 'shop' },
  state,
  activeAt: '2026-01-05T00:00:00.123456789Z',
  value: '1e+00',
  ...more,
});
const rule = { name: 'Slow', type: 'alerting', duration: 60, health: 'ok' };

describe('createPrometheusAlerts', () => {
  it('takes an alert that is pending, or absent, for ok', async () => {
    expect(await read({ alerts: [slow('pending')], rules: [rule] })).toMatchObject({
      state: 'ok',
      reason: expect.stringMatching(/pending/),
    });
    expect(await read({ alerts: [], rules: [rule] })).toMatchObject({ state: 'ok', sinceMs: undefined });
  });

  it('takes it for an alarm where any one of several is firing, and says which', async () => {
    const annotations = { summary: 'p99 is 2 s' };
    const alerts = [slow('pending', { labels: { alertname: 'Slow', app: 'till' } }), slow('firing', { annotations }), slow('firing')];
    expect(await read({ alerts, rules: [rule] })).toEqual({
      name: 'Slow',
      state: 'alarm',
      reason: 'Firing for {app="shop"} and 1 more: p99 is 2 s',
      sinceMs: Date.UTC(2026, 0, 5, 0, 1, 0, 123),
    });
  });

  it('does not say since when where the rule is not known: it is later than the time of the alert', async () => {
    expect(await read({ alerts: [slow('firing')] })).toMatchObject({ state: 'alarm', sinceMs: undefined });
    expect(await read({ alerts: [slow('firing')], rules: [rule, rule] })).toMatchObject({ state: 'alarm', sinceMs: undefined });
  });

  it('takes an absent alert for missing where the rules are known, and else for ok', async () => {
    expect(await read({ alerts: [], rules: [] })).toMatchObject({ state: 'missing' });
    expect(await read({ alerts: [], rules: [{ name: 'Slow', type: 'recording' }] })).toMatchObject({ state: 'missing' });
    expect(await read({ alerts: [] })).toMatchObject({ state: 'ok' });
  });

  it.each([
    ['err', 'out of memory', /cannot be evaluated: out of memory/],
    ['unknown', undefined, /has not been evaluated yet/],
  ])('takes a rule whose health is %s for insufficient data', async (health, lastError, reason) => {
    const broken = { ...rule, health, ...(lastError === undefined ? {} : { lastError }) };
    expect(await read({ alerts: [], rules: [broken] })).toMatchObject({
      state: 'insufficientData',
      reason: expect.stringMatching(reason),
    });
  });

  it('takes alerts of a shape that is not known for unavailable', async () => {
    expect(await read({ alerts: ['Slow'], rules: [rule] })).toMatchObject({ state: 'unavailable' });
  });
});
