import { describe, expect, it } from 'vitest';
import { overallVerdict, type Verdict } from '../../../core/analysis/verdict.ts';
import { newWatch, observe, unpaused } from '../../../core/rollout/observe.ts';
import type { Watch } from '../../../core/rollout/record.ts';
import { startMs, verdictOf } from './rollout-for-tests.ts';

const step = { intervalMs: 10_000, bakeMs: 60_000 };

const kinds = { p: 'pass', f: 'fail', i: 'inconclusive', u: 'unavailable', c: 'inconclusive', t: 'unavailable' } as const;

/** The watch after verdicts at so many seconds, such as `10p 20i`; at a `c` a pod of the canary has crashed, at a `t` a source throttles. */
function watchAfter(verdicts: string): Watch {
  return [...verdicts.matchAll(/(\d+)([pfiuct])/g)].reduce<Watch>(
    (watch, [, seconds, kind]) => {
      const overall = { ...verdictOf(kinds[kind as keyof typeof kinds]), ...(kind === 't' ? { throttled: true } : {}) };
      return observe(
        watch,
        { overall, verdicts: [overall], atMs: startMs + Number(seconds) * 1000, ...(kind === 'c' ? { crashed: true } : {}) },
        step,
      );
    },
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
    ['is withdrawn whole by a crash', '10p 20p 30p 40c', 0],
    ['begins anew after a crash', '10p 20p 30p 40c 50p 60p', 20],
  ])('%s: %s have baked %i s', (_what, verdicts, seconds) => {
    expect(watchAfter(verdicts).bakedMs).toBe(seconds * 1000);
  });
});

describe('the clocks of a step', () => {
  it.each([
    ['inconclusive', 'inconclusiveSinceMs', 'unavailableSinceMs'],
    ['unavailable', 'unavailableSinceMs', 'inconclusiveSinceMs'],
  ] as const)('a verdict that is %s starts %s once, and ends %s', (kind, own, other) => {
    const watch = watchAfter(kind === 'inconclusive' ? '10p 20i 30i' : '10p 20u 30u');
    expect(watch[own]).toBe(startMs + 20_000);
    expect(watch).not.toHaveProperty(other);
    expect(watch).not.toHaveProperty('passedAtMs');
  });

  it.each([
    ['stand still for each other', '10i 20u 30i 40i', 20, 40],
    ['go on from where they stood, however often they change', '10i 20u 30i 40u 50i 60u', 40, 40],
    ['J2: let a second blip be as short as the first', '10u 20i 310i 320u', 30, 310],
    ['begin anew after a pass', '10i 20u 30p 40u 50i', 50, 50],
  ])('%s: %s is inconclusive since %i s and unavailable since %i s', (_what, verdicts, inconclusive, unavailable) => {
    expect(watchAfter(verdicts)).toMatchObject({
      inconclusiveSinceMs: startMs + inconclusive * 1000,
      unavailableSinceMs: startMs + unavailable * 1000,
    });
  });

  it.each([
    ['has a clock of its own', '10t 20t 310t', 10, undefined, undefined],
    ['brings the deadline of one that is down no nearer', '10u 20t 310t 320u', 30, 310, undefined],
    ['stands still for too little evidence, and that for it', '10t 20i 30t 40i', 30, undefined, 30],
    ['begins anew after a pass', '10t 20p 30t', 30, undefined, undefined],
  ])('J2: a source that throttles %s: %s', (_what, verdicts, throttled, unavailable, inconclusive) => {
    const { throttledSinceMs, unavailableSinceMs, inconclusiveSinceMs } = watchAfter(verdicts);
    const seconds = [throttledSinceMs, unavailableSinceMs, inconclusiveSinceMs].map((ms) =>
      ms === undefined ? ms : (ms - startMs) / 1000,
    );
    expect(seconds).toEqual([throttled, unavailable, inconclusive]);
  });

  it.each([
    ['counts from the first one', '10p 20c 30p 40c', 20],
    ['outlasts passes that are no whole bake', '10c 20p 30p 60p', 10],
    ['is forgotten once the step has baked', '10c 20p 30p 80p', undefined],
    ['begins anew with a crash after that', '10c 20p 30p 80p 90c', 90],
  ])('that of crashes %s: %s', (_what, verdicts, seconds) => {
    expect(watchAfter(verdicts).crashedSinceMs).toBe(seconds === undefined ? undefined : startMs + seconds * 1000);
  });

  it('all begin anew when a pause is over, and with it the next pause', () => {
    const watch = { ...watchAfter('10i 20u 25t 30c'), pausedSinceMs: startMs + 20_000, restarts: 3 };
    const { stepIndex, startedAtMs, bakedMs, observedAtMs } = watch;
    expect(unpaused(watch)).toEqual({ stepIndex, startedAtMs, bakedMs, observedAtMs, restarts: 3 });
  });

  it('go on where there was no pause', () => {
    expect(unpaused(watchAfter('10i 20u 30c'))).toEqual(watchAfter('10i 20u 30c'));
  });

  it('keeps the restarts that were counted last', () => {
    const counted = observe(newWatch(1, startMs), { overall: verdictOf('pass'), verdicts: [], atMs: startMs, restarts: 2 }, step);
    expect(observe(counted, { overall: verdictOf('pass'), verdicts: [], atMs: startMs }, step).restarts).toBe(2);
  });

  it('are kept of each part that is silent and counts, too', () => {
    const at = (seconds: number, ...verdicts: Verdict[]) => ({
      overall: overallVerdict(verdicts),
      verdicts,
      atMs: startMs + seconds * 1000,
    });
    const one = observe(newWatch(1, startMs), at(10, verdictOf('inconclusive', 'a'), verdictOf('pass', 'b')), step);
    const both = observe(
      one,
      at(20, verdictOf('inconclusive', 'a'), verdictOf('unavailable', 'b'), { ...verdictOf('unavailable', 'c'), dryRun: true }),
      step,
    );
    expect(both.silences).toEqual({ a: { inconclusiveSinceMs: startMs + 10_000 }, b: { unavailableSinceMs: startMs + 20_000 } });
    const other = observe(both, at(30, verdictOf('pass', 'a'), verdictOf('inconclusive', 'b')), step);
    expect(other.silences).toEqual({ b: { inconclusiveSinceMs: startMs + 30_000, unavailableSinceMs: startMs + 30_000 } });
    expect(observe(other, at(40, verdictOf('pass', 'a')), step)).not.toHaveProperty('silences');
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
      expect(observe(paused, { overall: verdictOf(kind), verdicts: [], atMs: startMs + 10 }, step)).toMatchObject({
        pausedSinceMs: startMs + 5,
      });
    }
  });
});

describe('a canary that warms up', () => {
  it.each(['pass', 'inconclusive', 'unavailable'] as const)('bakes nothing at a %s, and brings no deadline nearer', (kind) => {
    const before = watchAfter('10p 20i');
    const at = { overall: verdictOf(kind), verdicts: [], atMs: startMs + 30_000, warmsUpUntilMs: startMs + 60_000 };
    const after = observe(newWatch(1, startMs), at, step);
    expect(after).toEqual({ ...newWatch(1, startMs), observedAtMs: startMs + 60_000 });
    expect(observe(before, at, step).bakedMs).toBe(before.bakedMs);
  });

  it('bakes from the end of its warm-up on, not from the look before', () => {
    const warm = { overall: verdictOf('pass'), verdicts: [], atMs: startMs + 55_000, warmsUpUntilMs: startMs + 60_000 };
    const passed = { overall: verdictOf('pass'), verdicts: [], atMs: startMs + 62_000 };
    expect(observe(observe(newWatch(1, startMs), warm, step), passed, step).bakedMs).toBe(2_000);
  });
});
