import { describe, expect, it } from 'vitest';
import { explore, type Model } from './explore.ts';

/** Counts to five; from three it may fall to a floor from which nothing leads up. */
const ladder = (trap: boolean, forbidden?: number): Model<number> => ({
  initial: 0,
  moves: (at) => [
    ...(at >= 0 && at < 5 ? [{ what: 'climbs', to: at + 1, chance: false }] : []),
    ...(at === 3 && trap ? [{ what: 'falls', to: -1, chance: true }] : []),
    ...(at > 0 ? [{ what: 'jumps', to: 5, chance: true }] : []),
  ],
  keyOf: String,
  broken: (at) => (at === forbidden ? `at ${at}` : undefined),
  isEnd: (at) => at === 5,
  describe: (at) => `at ${at}`,
});

describe('explore', () => {
  it('visits every state once, and finds no fault where there is none', () => {
    expect(explore(ladder(false))).toEqual({ states: 6, moves: 10, depth: 4 });
  });

  it('tells the shortest way to what must not be', () => {
    expect(explore(ladder(false, 5)).counterexample).toEqual({ broken: 'at 5', story: ['climbs -> at 1', 'jumps -> at 5'] });
  });

  it('finds a state from which only chance leads to an end', () => {
    const stuck: Model<number> = {
      ...ladder(true),
      moves: (at) => (at === -1 ? [{ what: 'jumps', to: 5, chance: true }] : ladder(true).moves(at)),
    };
    expect(explore(stuck).counterexample?.story.at(-1)).toBe('falls -> at -1');
  });

  it('gives up where the bounds are too wide', () => {
    const endless: Model<number> = { ...ladder(false), moves: (at) => [{ what: 'climbs', to: at + 1, chance: false }] };
    expect(() => explore(endless, 100)).toThrow('more than 100 states');
  });
});
