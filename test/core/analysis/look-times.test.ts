import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asksForNewestSample, firstLook, marginMs, nextLook } from '../../../core/analysis/look-times.ts';

interface World {
  readonly intervalMs: number;
  /** Samples bear the times firstSampleAtMs + n × scrapeMs. */
  readonly scrapeMs: number;
  readonly firstSampleAtMs: number;
  /** How long after its time a sample can be asked for. */
  readonly lateMs: number;
  readonly lookMs: (index: number) => number;
  readonly passes: (index: number) => boolean;
  /** Prometheus tells when samples come in. */
  readonly tells: boolean;
}

const usual: World = {
  intervalMs: 1000,
  scrapeMs: 1000,
  firstSampleAtMs: 300,
  lateMs: 10,
  lookMs: () => 5,
  passes: () => true,
  tells: true,
};

/** Plays the looks of a watch that begins at 10 s. */
function watch(change: Partial<World> = {}, looks = 30) {
  const world = { ...usual, ...change };
  const { intervalMs, scrapeMs, firstSampleAtMs, lateMs } = world;
  const taken: { atMs: number; endedAtMs: number; ageMs: number; asked: boolean; passed: boolean }[] = [];
  let times = firstLook(10_000);
  for (let index = 0; index < looks; index += 1) {
    const atMs = Math.max(times.dueMs, taken.at(-1)?.endedAtMs ?? 0);
    const newest = firstSampleAtMs + Math.floor((atMs - lateMs - firstSampleAtMs) / scrapeMs) * scrapeMs;
    const asked = asksForNewestSample(times);
    const [endedAtMs, passed] = [atMs + world.lookMs(index), world.passes(index)];
    taken.push({ atMs, endedAtMs, ageMs: atMs - newest, asked, passed });
    const newestSampleAtMs = asked && world.tells ? newest : undefined;
    times = nextLook(times, { endedAtMs, passed, newestSampleAtMs, waitMs: intervalMs }, intervalMs);
  }
  return taken;
}

const gapsOf = (taken: readonly { readonly atMs: number }[]) => taken.slice(1).map(({ atMs }, index) => atMs - (taken[index]?.atMs ?? 0));
const askedOf = (taken: readonly { readonly asked: boolean }[]) => taken.filter(({ asked }) => asked).length;

describe('when the next look is', () => {
  it('is an interval and a margin after the newest sample, and an interval later each time', () => {
    const taken = watch();
    expect(taken.slice(0, 4).map(({ atMs }) => atMs)).toEqual([10_000, 10_350, 11_350, 12_350]);
    expect(taken.slice(1).every(({ ageMs }) => ageMs === marginMs(1000))).toBe(true);
  });

  it.each([
    { name: 'a sample from just now', firstSampleAtMs: 960, second: 11_000 },
    { name: 'a sample of nearly an interval ago', firstSampleAtMs: 60, second: 10_110 },
    { name: 'a sample that is due but not there yet', firstSampleAtMs: 995, second: 10_050 },
  ])('with $name', ({ firstSampleAtMs, second }) => {
    const taken = watch({ firstSampleAtMs });
    expect(taken[1]?.atMs).toBe(second);
    expect(taken.slice(2).every(({ ageMs }) => ageMs <= 2 * marginMs(1000))).toBe(true);
  });

  it('asks once or twice, and then in one look of ten', () => {
    expect(watch().map(({ asked }) => asked)).toEqual(Array.from({ length: 30 }, (_, index) => index % 10 === 1 || index === 0));
  });

  it('is found out with the first look that passes, and not before', () => {
    const taken = watch({ passes: (index) => index >= 3 });
    expect(gapsOf(taken).slice(0, 5)).toEqual([1005, 1005, 1005, 335, 1000]);
  });

  it('is an interval after the answer where nobody tells when samples come in, and is asked for less and less often', () => {
    const taken = watch({ tells: false }, 40);
    expect(gapsOf(taken).every((gapMs) => gapMs === 1005)).toBe(true);
    expect(taken.flatMap(({ asked }, index) => (asked ? [index] : []))).toEqual([0, 1, 3, 7, 15, 25, 35]);
  });

  it('goes back to where it began where samples come in later than that, by one look more than asked for', () => {
    const taken = watch({ intervalMs: 10_000, scrapeMs: 10_000, firstSampleAtMs: 4000, lateMs: 4000 });
    expect(taken.map(({ ageMs }) => ageMs).slice(0, 5)).toEqual([6000, 10_500, 10_500, 6000, 6005]);
    expect(gapsOf(taken).slice(0, 5)).toEqual([4500, 10_000, 5500, 10_005, 10_005]);
    expect(askedOf(taken)).toBe(3);
  });

  it('goes back only after a look that passed, and asks no more until then', () => {
    const late = { intervalMs: 10_000, scrapeMs: 10_000, firstSampleAtMs: 4000, lateMs: 4000 };
    const taken = watch({ ...late, passes: (index) => index === 0 || index > 5 });
    expect(gapsOf(taken).slice(0, 7)).toEqual([4500, 10_000, 10_000, 10_000, 10_000, 10_000, 5500]);
    expect(askedOf(taken)).toBe(3);
  });

  it('stays where it is after one scrape that took too long', () => {
    let times = nextLook(firstLook(10_000), { endedAtMs: 10_005, passed: true, newestSampleAtMs: 9950, waitMs: 1000 }, 1000);
    const look = (newestSampleAtMs?: number) => {
      times = nextLook(times, { endedAtMs: times.dueMs + 5, passed: true, newestSampleAtMs, waitMs: 1000 }, 1000);
    };
    while (!asksForNewestSample(times)) look();
    const fromMs = times.dueMs;
    look(fromMs - 1050);
    look(fromMs + 950);
    expect(times).toMatchObject({ state: 'following', misses: 0, dueMs: fromMs + 2000 });
  });

  it('leaves out looks that were due during one that took longer, and keeps its step', () => {
    const taken = watch({ lookMs: (index) => (index === 4 ? 2400 : 5) }, 8);
    expect(taken.map(({ atMs }) => atMs)).toEqual([10_000, 10_350, 11_350, 12_350, 13_350, 16_350, 17_350, 18_350]);
  });

  it('is no later than what ends before', () => {
    const look = { endedAtMs: 10_005, passed: true, newestSampleAtMs: undefined, waitMs: 400 };
    expect(nextLook(firstLook(10_000), look, 1000).dueMs).toBe(10_405);
  });

  const world = fc.record({
    intervalMs: fc.integer({ min: 1, max: 30 }).map((seconds) => seconds * 1000),
    scrapeMs: fc.integer({ min: 500, max: 60_000 }),
    firstSampleAtMs: fc.integer({ min: 0, max: 9000 }),
    lateMs: fc.integer({ min: 0, max: 9000 }),
    tells: fc.boolean(),
    lookMs: fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1 }).map((all) => (index: number) => all[index % all.length] ?? 0),
    passes: fc.array(fc.boolean(), { minLength: 1 }).map((all) => (index: number) => all[index % all.length] ?? true),
  });

  it('is never later than an interval after the answer, and at most one more than asked for', () => {
    fc.assert(
      fc.property(world, (any) => {
        const taken = watch(any);
        for (const [index, { atMs, endedAtMs }] of taken.entries()) {
          expect((taken[index + 1]?.atMs ?? atMs) - endedAtMs).toBeLessThanOrEqual(any.intervalMs);
          expect(atMs).toBeGreaterThanOrEqual(10_000 + (index - 1) * any.intervalMs);
        }
      }),
    );
  });

  it('is a whole interval after a look that did not pass', () => {
    fc.assert(
      fc.property(world, (any) => {
        const taken = watch(any);
        for (const [index, gapMs] of gapsOf(taken).entries()) {
          if (taken[index]?.passed === false) expect(gapMs).toBeGreaterThanOrEqual(any.intervalMs);
        }
      }),
    );
  });

  it('comes shortly after a scrape, whenever those are, where the interval is a multiple of theirs', () => {
    const beat = fc.record({
      scrapeMs: fc.constantFrom(500, 1000, 2500, 5000),
      times: fc.integer({ min: 1, max: 6 }),
      firstSampleAtMs: fc.integer({ min: 0, max: 5000 }),
      lateMs: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(beat, ({ times, ...scrapes }) => {
        const intervalMs = Math.max(1000, scrapes.scrapeMs * times);
        const taken = watch({ ...scrapes, intervalMs });
        for (const { ageMs } of taken.slice(2)) expect(ageMs).toBeLessThanOrEqual(2 * marginMs(intervalMs));
      }),
    );
  });
});
