import { beforeEach, describe, expect, it } from 'vitest';
import { type AlertRule, RuleState } from '../../../sandbox/prometheus/alert-rules.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';
import { ask } from './series.ts';

describe('RuleState', () => {
  let store: SeriesStore;
  let engine: QueryEngine;

  beforeEach(() => {
    store = new SeriesStore({ retentionMs: 3_600_000 });
    engine = new QueryEngine(store, { lookbackMs: 300_000 });
  });

  const rule = (overrides: Partial<AlertRule> = {}) => new RuleState({ alert: 'Slow', expr: 'latency > 1', ...overrides }, engine, store);
  const expose = (atMs: number, app: string, value: number | 'stale') => store.append({ __name__: 'latency', app }, atMs, value);

  it('fires at once without a wait, and ends as soon as the expression no longer holds', () => {
    const state = rule();
    expose(0, 'shop', 2);
    state.evaluate(0);
    expect(state.alerts()).toEqual([
      {
        labels: { app: 'shop', alertname: 'Slow' },
        annotations: {},
        state: 'firing',
        activeAt: '1970-01-01T00:00:00.000Z',
        value: '2e+00',
      },
    ]);
    expose(10_000, 'shop', 0.5);
    state.evaluate(10_000);
    expect(state.alerts()).toEqual([]);
  });

  it('is pending until the expression has held for long enough, and starts over after a gap', () => {
    const state = rule({ forSeconds: 20 });
    const at = (seconds: number, value: number) => {
      expose(seconds * 1000, 'shop', value);
      state.evaluate(seconds * 1000);
      return state.alerts().map((alert) => [alert.state, Date.parse(alert.activeAt) / 1000]);
    };
    expect(at(0, 2)).toEqual([['pending', 0]]);
    expect(at(10, 3)).toEqual([['pending', 0]]);
    expect(at(20, 4)).toEqual([['firing', 0]]);
    expect(at(30, 0)).toEqual([]);
    expect(at(40, 2)).toEqual([['pending', 40]]);
  });

  it('has one alert per series', () => {
    const state = rule();
    expose(0, 'shop', 2);
    expose(0, 'till', 3);
    expose(0, 'idle', 0);
    state.evaluate(0);
    expect(state.alerts().map(({ labels }) => labels['app'])).toEqual(['shop', 'till']);
  });

  it('fills labels and value into its labels and annotations', () => {
    const state = rule({
      labels: { severity: 'page', of: '{{ $labels.app }}' },
      annotations: { summary: '{{$labels.app}} takes {{ $value }} s' },
    });
    expose(0, 'shop', 1.5);
    state.evaluate(0);
    expect(state.alerts()[0]).toMatchObject({
      labels: { alertname: 'Slow', app: 'shop', severity: 'page', of: 'shop' },
      annotations: { summary: 'shop takes 1.5 s' },
    });
  });

  it('writes the series ALERTS, and ends it', () => {
    const state = rule({ forSeconds: 10 });
    expose(0, 'shop', 2);
    state.evaluate(0);
    expect(ask(engine, 'ALERTS', 0)).toEqual(['{__name__="ALERTS", alertname="Slow", alertstate="pending", app="shop"} 1']);
    state.evaluate(10_000);
    expect(ask(engine, 'ALERTS', 10_000)).toEqual(['{__name__="ALERTS", alertname="Slow", alertstate="firing", app="shop"} 1']);
    expose(20_000, 'shop', 'stale');
    state.evaluate(20_000);
    expect(ask(engine, 'ALERTS', 20_000)).toEqual([]);
  });

  it('keeps its alerts, and says why, when an evaluation fails', () => {
    const state = rule({ expr: 'latency > on(zone) limit' });
    store.append({ __name__: 'limit' }, 0, 1);
    expose(0, 'shop', 2);
    state.evaluate(0);
    expose(10_000, 'till', 2);
    state.evaluate(10_000);
    expect(state.alerts()).toHaveLength(1);
    expect(state.lastError).toMatch(/many-to-one matching must be explicit/);
  });
});
