import { describe, expect, it } from 'vitest';
import { newWatch, observe } from '../../../core/rollout/observe.ts';
import type { Watch } from '../../../core/rollout/record.ts';
import { startMs, verdictOf } from './rollout-for-tests.ts';

const intervalMs = 10_000;

const kinds = { p: 'pass', f: 'fail', i: 'inconclusive', u: 'unavailable' } as const;

/** The watch after verdicts at so many seconds, such as `10p 20i`. */
function watchAfter(verdicts: string): Watch {
  return [...verdicts.matchAll(/(\d+)([pfiu])/g)].reduce<Watch>(
    (watch, [, seconds, kind]) =>
      observe(watch, verdictOf(kinds[kind as keyof typeof kinds]), startMs + Number(seconds) * 1000, intervalMs),
    newWatch(1, startMs),
  );
}

describe('the bake of a step', () => {
  it('begins with nothing', () => {
    expect(newWatch(1, startMs)).toEqual({ stepIndex: 1, startedAtMs: startMs, bakedMs: 0 });
  });

  it.each([
    ['counts from pass to pass', '0p 10p 20p', 20],
    ['counts the interval behind a first pass', '10p', 10],
    ['counts no more than the interval behind a first pass that is late', '45p', 10],
    ['counts no more than there was before a first pass that is early', '4p', 4],
    ['J4: withdraws what stands between a pass and no data', '0p 10i 20p 30p', 20],
    ['counts nothing without a pass', '10i 20u 30f', 0],
    ['counts a long wait between two passes', '10p 310p', 310],
    ['counts no time twice where looks come close together', '10p 12i 13p', 11],
    ['counts the interval behind a pass after another verdict at most', '10p 20u 60p', 20],
  ])('%s: %s have baked %i s', (_what, verdicts, seconds) => {
    expect(watchAfter(verdicts).bakedMs).toBe(seconds * 1000);
  });
});

describe('the clocks of a step', () => {
  it.each([
    ['inconclusive', 'inconclusiveSinceMs', 'unavailableSinceMs'],
    ['unavailable', 'unavailableSinceMs', 'inconclusiveSinceMs'],
  ] as const)('a verdict that is %s starts %s once, and ends %s', (kind, own, other) => {
    const watch = watchAfter(kind === 'inconclusive' ? '10u 20i 30i' : '10i 20u 30u');
    expect(watch[own]).toBe(startMs + 20_000);
    expect(watch).not.toHaveProperty(other);
    expect(watch).not.toHaveProperty('passedAtMs');
  });

  it('a pass ends both', () => {
    const watch = watchAfter('10i 20u 30p');
    expect(watch).toEqual({
      stepIndex: 1,
      startedAtMs: startMs,
      bakedMs: 10_000,
      passedAtMs: startMs + 30_000,
      observedAtMs: startMs + 30_000,
    });
  });

  it('a pause stays as it is', () => {
    const paused: Watch = { ...newWatch(1, startMs), pausedSinceMs: startMs + 5 };
    for (const kind of ['pass', 'fail', 'inconclusive', 'unavailable'] as const) {
      expect(observe(paused, verdictOf(kind), startMs + 10, intervalMs)).toMatchObject({ pausedSinceMs: startMs + 5 });
    }
  });
});
