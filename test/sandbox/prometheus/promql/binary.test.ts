import { describe, expect, it } from 'vitest';
import { ask, engineWith } from '../series.ts';

const engine = engineWith(60_000, {
  'errors{app="shop",code="500"}': [24],
  'errors{app="shop",code="404"}': [30],
  'errors{app="till",code="500"}': [3],
  'requests{app="shop"}': [600],
  'requests{app="till"}': [120],
  'requests{app="idle"}': [0],
  'info{app="shop",team="web"}': [1],
});

describe('scalars', () => {
  it.each([
    ['1 + 2 * 3', '7'],
    ['-2 ^ 2', '-4'],
    ['(-2) ^ 2', '4'],
    ['2 ^ 3 ^ 2', '512'],
    ['-2^---1*3', '-1.5'],
    ['2/-2^---1*3+2', '-10'],
    ['7 % 3', '1'],
    ['-7 % 3', '-1'],
    ['1 / 0', '+Inf'],
    ['-1 / 0', '-Inf'],
    ['0 / 0', 'NaN'],
    ['1 % 0', 'NaN'],
    ['1 ^ NaN', '1'],
    ['(-1) ^ Inf', '1'],
    ['1 < bool 2', '1'],
    ['1 > bool 2', '0'],
    ['NaN == bool NaN', '0'],
    ['NaN != bool NaN', '1'],
    ['5m', '300'],
  ])('%s is %s', (query, value) => {
    expect(ask(engine, query, 0)).toBe(value);
  });
});

describe('a vector and a scalar', () => {
  it.each([
    ['requests / 2', ['{app="idle"} 0', '{app="shop"} 300', '{app="till"} 60']],
    ['1200 / requests', ['{app="idle"} +Inf', '{app="shop"} 2', '{app="till"} 10']],
    ['requests > 120', ['{__name__="requests", app="shop"} 600']],
    ['120 < requests', ['{__name__="requests", app="shop"} 600']],
    ['requests >= bool 120', ['{app="idle"} 0', '{app="shop"} 1', '{app="till"} 1']],
    ['-requests{app="till"}', ['{app="till"} -120']],
    ['+requests{app="till"}', ['{__name__="requests", app="till"} 120']],
    ['requests == 0', ['{__name__="requests", app="idle"} 0']],
    [
      'requests != NaN',
      ['{__name__="requests", app="idle"} 0', '{__name__="requests", app="shop"} 600', '{__name__="requests", app="till"} 120'],
    ],
    ['requests{app="idle"} / 0', ['{app="idle"} NaN']],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 0)).toEqual(answer);
  });
});

describe('two vectors', () => {
  it.each([
    ['errors{code="500"} / ignoring(code) requests', ['{app="shop"} 0.04', '{app="till"} 0.025']],
    ['errors{code="500"} / on(app) requests', ['{app="shop"} 0.04', '{app="till"} 0.025']],
    [
      'errors / ignoring(code) group_left requests',
      ['{app="shop", code="404"} 0.05', '{app="shop", code="500"} 0.04', '{app="till", code="500"} 0.025'],
    ],
    ['requests * on(app) group_left(team) info', ['{app="shop", team="web"} 600']],
    ['info * on(app) group_right(team) requests', ['{app="shop", team="web"} 600']],
    ['requests - requests{app="shop"}', ['{app="shop"} 0']],
    ['requests / requests', ['{app="idle"} NaN', '{app="shop"} 1', '{app="till"} 1']],
    ['requests > on(app) errors{code="404"}', ['{app="shop"} 600']],
    ['requests > ignoring(code) errors{code="404"}', ['{__name__="requests", app="shop"} 600']],
    ['requests > bool ignoring(code) errors{code="404"}', ['{app="shop"} 1']],
    ['requests / nothing', []],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 0)).toEqual(answer);
  });

  it('keeps the label that the many side has where the one side has none, away', () => {
    expect(ask(engine, 'errors{code="404"} * on(app) group_left(code) requests', 0)).toEqual(['{app="shop"} 18000']);
  });

  it.each([
    [
      'requests / on(app) errors',
      'found duplicate series for the match group {app="shop"} on the right hand-side of the operation: ' +
        '[{__name__="errors", app="shop", code="404"}, {__name__="errors", app="shop", code="500"}]' +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    ['errors / on(app) requests', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'],
    ['errors / on(app) group_left(code) requests', 'multiple matches for labels: grouping labels must ensure unique matches'],
    ['rate({app="till"}[1m]) or -{app="till"}', 'vector cannot contain metrics with the same labelset'],
  ])('%s cannot be answered', (query, message) => {
    const twice = engineWith(60_000, {
      'errors{app="shop",code="500"}': [24],
      'errors{app="shop",code="404"}': [30],
      'requests{app="shop"}': [600],
      'a{app="till"}': [1],
      'b{app="till"}': [1],
    });
    expect(() => ask(twice, query, 0)).toThrow(message);
  });
});

describe('sets', () => {
  it.each([
    ['requests and on(app) info', ['{__name__="requests", app="shop"} 600']],
    ['requests unless on(app) errors', ['{__name__="requests", app="idle"} 0']],
    ['info or on(app) requests{app!="idle"}', ['{__name__="info", app="shop", team="web"} 1', '{__name__="requests", app="till"} 120']],
    ['nothing or vector(0)', ['{} 0']],
    ['requests and nothing', []],
    ['requests{app="shop"} unless nothing', ['{__name__="requests", app="shop"} 600']],
    ['nothing or requests{app="shop"} and requests{app="till"}', []],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 0)).toEqual(answer);
  });
});
