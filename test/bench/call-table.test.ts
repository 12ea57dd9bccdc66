import { describe, expect, it } from 'vitest';
import { describeCalls } from './call-table.ts';

describe('the table of calls', () => {
  it('gives the medians of start and end, in the order of the starts, each call of a kind for itself', () => {
    const act = (delayMs: number) => [
      { what: 'GET route', startMs: 5 + delayMs, endMs: 6 + delayMs },
      { what: 'store read', startMs: 0, endMs: 1 },
      { what: 'GET route', startMs: 8 + delayMs, endMs: 9 + delayMs },
    ];
    expect(describeCalls([act(0), act(1), act(2)])).toEqual(['0 -> 1 ms  store read', '6 -> 7 ms  GET route', '9 -> 10 ms  GET route (2)']);
  });

  it('is empty where nothing was called', () => {
    expect(describeCalls([[], []])).toEqual([]);
  });
});
