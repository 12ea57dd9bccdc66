import { describe, expect, it } from 'vitest';
import { type Matcher, SeriesStore } from '../../../sandbox/prometheus/series-store.ts';

const everything: readonly Matcher[] = [];
const named = (value: string): Matcher[] => [{ label: '__name__', op: '=', value, matches: (other) => other === value }];

describe('SeriesStore', () => {
  it('drops a sample that is not newer than the last one of its series', () => {
    const store = new SeriesStore({ retentionMs: 60_000 });
    store.append({ __name__: 'a' }, 1000, 1);
    store.append({ __name__: 'a' }, 1000, 2);
    store.append({ __name__: 'a' }, 500, 3);
    expect(store.range(named('a'), -1, 2000)).toEqual([{ labels: { __name__: 'a' }, points: [{ atMs: 1000, value: 1 }] }]);
  });

  it('takes an empty label for none', () => {
    const store = new SeriesStore({ retentionMs: 60_000 });
    store.append({ __name__: 'a', b: '' }, 1000, 1);
    store.append({ __name__: 'a' }, 2000, 2);
    expect(store.range(everything, 0, 2000)).toHaveLength(1);
  });

  it('looks back for the newest sample, but not to one as old as the look-back', () => {
    const store = new SeriesStore({ retentionMs: 3_600_000 });
    store.append({ __name__: 'a' }, 1000, 1);
    expect(store.latest(named('a'), 999, 300_000)).toEqual([]);
    expect(store.latest(named('a'), 300_999, 300_000)).toEqual([{ labels: { __name__: 'a' }, point: { atMs: 1000, value: 1 } }]);
    expect(store.latest(named('a'), 301_000, 300_000)).toEqual([]);
  });

  it('does not look back past the end of a series, and leaves its marker out of ranges', () => {
    const store = new SeriesStore({ retentionMs: 3_600_000 });
    store.append({ __name__: 'a' }, 1000, 1);
    store.append({ __name__: 'a' }, 2000, 'stale');
    expect(store.latest(named('a'), 1999, 300_000)).toHaveLength(1);
    expect(store.latest(named('a'), 2000, 300_000)).toEqual([]);
    expect(store.range(named('a'), 0, 2000)[0]?.points).toHaveLength(1);
  });

  it('has ranges open on the left and closed on the right', () => {
    const store = new SeriesStore({ retentionMs: 3_600_000 });
    for (const atMs of [1000, 2000, 3000]) store.append({ __name__: 'a' }, atMs, atMs);
    expect(store.range(named('a'), 1000, 3000)[0]?.points.map(({ atMs }) => atMs)).toEqual([2000, 3000]);
  });

  it('forgets samples that are older than the retention, and series without any', () => {
    const store = new SeriesStore({ retentionMs: 10_000 });
    store.append({ __name__: 'old' }, 1000, 1);
    store.append({ __name__: 'a' }, 1000, 1);
    store.append({ __name__: 'a' }, 12_000, 2);
    store.forgetBefore(12_000);
    expect(store.range(everything, -1, 20_000)).toEqual([{ labels: { __name__: 'a' }, points: [{ atMs: 12_000, value: 2 }] }]);
  });
});
