import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { MetricStore, type Statistic } from '../../../sandbox/cloudwatch/metric-store.ts';

const latency = { namespace: 'Shop', metricName: 'Latency', dimensions: { Service: 'checkout', Side: 'canary' } };

describe('MetricStore', () => {
  it.each<[Statistic, number]>([
    ['Average', 5.5],
    ['Sum', 55],
    ['Minimum', 1],
    ['Maximum', 10],
    ['SampleCount', 10],
    ['p0', 1],
    ['p50', 5],
    ['p90', 9],
    ['p99.9', 10],
    ['p100', 10],
  ])('computes %s of 1 to 10 as %d', (statistic, expected) => {
    const store = new MetricStore();
    for (const value of [3, 1, 2, 10, 9, 4, 5, 8, 7, 6]) store.record({ ...latency, value, atMs: value });
    expect(store.statistic(latency, statistic, 0, 100)).toBe(expected);
  });

  it('counts a sample at the beginning of a period, and none at its end', () => {
    const store = new MetricStore();
    for (const atMs of [10, 30, 20, 0]) store.record({ ...latency, value: atMs, atMs });
    expect(store.statistic(latency, 'Sum', 10, 30)).toBe(30);
  });

  it('tells metrics apart by their dimensions, in whatever order those are given', () => {
    const store = new MetricStore();
    store.record({ ...latency, value: 7, atMs: 1 });
    expect(store.statistic({ ...latency, dimensions: { Side: 'canary', Service: 'checkout' } }, 'Sum', 0, 2)).toBe(7);
    expect(store.statistic({ ...latency, dimensions: { Service: 'checkout' } }, 'Sum', 0, 2)).toBeUndefined();
  });

  it.each<Statistic>(['Sum', 'SampleCount', 'Average', 'p99'])('has no %s where there are no samples', (statistic) => {
    expect(new MetricStore().statistic(latency, statistic, 0, 100)).toBeUndefined();
  });

  it('forgets what is older than three hours, or than the longest alarm looks back', () => {
    const hourMs = 3_600_000;
    const [short, long] = [new MetricStore(), new MetricStore()];
    long.keepAtLeast(12 * hourMs);
    for (const store of [short, long]) {
      for (let count = 0; count < 1_000; count += 1) store.record({ ...latency, value: 1, atMs: count * (hourMs / 100) });
    }
    expect(short.statistic(latency, 'Sum', 0, 6 * hourMs)).toBeUndefined();
    expect(short.statistic(latency, 'Sum', 7 * hourMs, 10 * hourMs)).toBe(300);
    expect(long.statistic(latency, 'Sum', 0, 10 * hourMs)).toBe(1_000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => new MetricStore().record({ ...latency, value, atMs: 0 })).toThrow(InvalidInputError);
  });
});
