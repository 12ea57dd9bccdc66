import { describe, expect, it } from 'vitest';
import { ask, engineWith } from '../series.ts';

const minute = 60_000;

describe('selectors', () => {
  const engine = engineWith(minute, {
    'requests{app="shop",code="200"}': [1, 2, 3],
    'requests{app="shop",code="503"}': [4, 5, 6],
    'requests{app="till"}': [7, 8, 9],
    'other{app="shop"}': [0],
  });

  it.each([
    ['requests{code="200"}', ['{__name__="requests", app="shop", code="200"} 3']],
    ['requests{code!="200",app="shop"}', ['{__name__="requests", app="shop", code="503"} 6']],
    ['requests{code=~"5.."}', ['{__name__="requests", app="shop", code="503"} 6']],
    ['requests{code=~"5."}', []],
    ['requests{code!~"2..|5.."}', ['{__name__="requests", app="till"} 9']],
    ['requests{code=""}', ['{__name__="requests", app="till"} 9']],
    ['{__name__=~"oth.*"}', ['{__name__="other", app="shop"} 0']],
    ['{"requests", code="200"}', ['{__name__="requests", app="shop", code="200"} 3']],
    ['nothing', []],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 2 * minute)).toEqual(answer);
  });

  it('looks back by an offset, and ahead by a negative one', () => {
    expect(ask(engine, 'requests{app="till"} offset 1m', 2 * minute)).toEqual(['{__name__="requests", app="till"} 8']);
    expect(ask(engine, 'requests{app="till"} offset -1m', 0)).toEqual(['{__name__="requests", app="till"} 8']);
    expect(ask(engine, 'sum_over_time(requests{app="till"}[2m] offset 1m)', 2 * minute)).toEqual(['{app="till"} 15']);
  });

  it('applies an offset to the selector before it, and to no more', () => {
    const one = engineWith(minute, { a: [1, 10], b: [2, 20], c: [3, 30] });
    expect(ask(one, 'a + b offset 1m * c', minute)).toEqual(['{} 70']);
    expect(ask(one, '-b offset 1m', minute)).toEqual(['{} -2']);
    expect(ask(one, 'a offset 1m + b offset 1m', minute)).toEqual(['{} 3']);
  });

  it('answers a range selector by itself as a matrix', () => {
    expect(ask(engine, 'requests{app="till"}[2m]', 2 * minute)).toEqual(['{__name__="requests", app="till"} 8 9']);
  });
});

/** The expectations of promql/promqltest/testdata/staleness.test. */
describe('staleness', () => {
  const engine = engineWith(10_000, { metric: [0, 1, 'stale', 2] });

  it.each([
    [10, ['{__name__="metric"} 1']],
    [20, []],
    [30, ['{__name__="metric"} 2']],
    [329, ['{__name__="metric"} 2']],
    [330, []],
  ])('at %i s the series answers %j', (seconds, answer) => {
    expect(ask(engine, 'metric', seconds * 1000)).toEqual(answer);
  });

  it.each([
    [30, '1m', ['{} 3']],
    [10, '1s', ['{} 1']],
    [20, '1s', []],
    [20, '10s', []],
    [20, '20s', ['{} 1']],
    [20, '20', ['{} 1']],
  ])('at %i s the last %s hold %j samples', (seconds, range, answer) => {
    expect(ask(engine, `count_over_time(metric[${range}])`, seconds * 1000)).toEqual(answer);
  });
});
