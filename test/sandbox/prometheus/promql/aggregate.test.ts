import { describe, expect, it } from 'vitest';
import { ask, askNumber, engineWith } from '../series.ts';

const nan = Number.NaN;

describe('aggregations', () => {
  const engine = engineWith(60_000, {
    'pods{app="shop",pod="a"}': [1],
    'pods{app="shop",pod="b"}': [4],
    'pods{app="till",pod="c"}': [10],
  });

  it.each([
    ['sum(pods)', ['{} 15']],
    ['sum by (app) (pods)', ['{app="shop"} 5', '{app="till"} 10']],
    ['sum(pods) by (app, nothing)', ['{app="shop"} 5', '{app="till"} 10']],
    ['sum without (pod) (pods)', ['{app="shop"} 5', '{app="till"} 10']],
    ['avg by (app) (pods)', ['{app="shop"} 2.5', '{app="till"} 10']],
    ['min(pods)', ['{} 1']],
    ['max by () (pods)', ['{} 10']],
    ['count by (app) (pods)', ['{app="shop"} 2', '{app="till"} 1']],
    ['group(pods)', ['{} 1']],
    ['SUM(pods)', ['{} 15']],
    ['quantile(0.5, pods)', ['{} 4']],
    ['quantile(0.75, pods)', ['{} 7']],
    ['quantile by (app) (0.5, pods)', ['{app="shop"} 2.5', '{app="till"} 10']],
    ['quantile(-1, pods)', ['{} -Inf']],
    ['quantile(NaN, pods)', ['{} NaN']],
    ['topk(2, pods)', ['{__name__="pods", app="till", pod="c"} 10', '{__name__="pods", app="shop", pod="b"} 4']],
    ['bottomk(1, pods)', ['{__name__="pods", app="shop", pod="a"} 1']],
    ['topk by (app) (1, pods)', ['{__name__="pods", app="shop", pod="b"} 4', '{__name__="pods", app="till", pod="c"} 10']],
    ['topk(0, pods)', []],
    ['topk(-1, pods)', []],
    ['sum(nothing)', []],
    ['count(nothing)', []],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 0)).toEqual(answer);
  });

  it('refuses a k that is no number', () => {
    expect(() => ask(engine, 'topk(NaN, pods)', 0)).toThrow('Parameter value is NaN');
    expect(() => ask(engine, 'topk(1e30, pods)', 0)).toThrow('overflows int64');
  });

  it('lets NaN win only where there is nothing else', () => {
    const some = engineWith(60_000, { 'x{i="1"}': [nan], 'x{i="2"}': [2], 'x{i="3"}': [3] });
    expect(ask(some, 'max(x)', 0)).toEqual(['{} 3']);
    expect(ask(some, 'min(x)', 0)).toEqual(['{} 2']);
    expect(ask(some, 'sum(x)', 0)).toEqual(['{} NaN']);
    expect(ask(some, 'topk(2, x)', 0)).toEqual(['{__name__="x", i="3"} 3', '{__name__="x", i="2"} 2']);
    expect(ask(some, 'bottomk(3, x)', 0).at(-1)).toBe('{__name__="x", i="1"} NaN');
    expect(ask(engineWith(60_000, { x: [nan] }), 'max(x)', 0)).toEqual(['{} NaN']);
  });

  it('loses no small part of a sum, and overflows in no mean', () => {
    const wide = engineWith(60_000, { 'x{i="1"}': [1e100], 'x{i="2"}': [1], 'x{i="3"}': [-1e100] });
    expect(askNumber(wide, 'sum(x)', 0)).toBe(1);
    const big = engineWith(60_000, { 'x{i="1"}': [1.5e308], 'x{i="2"}': [1.5e308] });
    expect(askNumber(big, 'avg(x)', 0)).toBe(1.5e308);
  });
});
