import { describe, expect, it } from 'vitest';
import { parse } from '../../../../sandbox/prometheus/promql/parse.ts';
import { QueryError } from '../../../../sandbox/prometheus/promql/query-error.ts';

function refusal(query: string): string {
  try {
    parse(query);
  } catch (error) {
    if (error instanceof QueryError && error.type === 'bad_data') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parse refuses as Prometheus does', () => {
  it.each([
    ['', 'unknown position: parse error: no expression found in input'],
    ['sum(', '1:5: parse error: unexpected end of input'],
    ['a +\n  b c', '2:5: parse error: unexpected "c"'],
    ['nothing(a)', '1:1: parse error: unknown function with name "nothing"'],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['a{__name__="b"}', '1:1: parse error: metric name must not be set twice: "a" or "b"'],
    ['sum(a)[5m]', '1:1: parse error: ranges only allowed for vector selectors'],
    ['a offset 1m [5m]', '1:1: parse error: no offset modifiers allowed before range'],
    ['rate(a[0s])', '1:8: parse error: duration must be greater than 0'],
    ['rate(a[1m + 1m])', '1:8: parse error: experimental duration expression is not enabled'],
    [
      'sum(a) offset 5m',
      '1:8: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    ],
    ['a offset 5m offset 1m', '1:13: parse error: offset may not be set multiple times'],
    ['a{b=~"("}', /^1:3: parse error: error parsing regexp: /],
    ['a{b="\\q"}', '1:5: parse error: error unquoting string "\\"\\\\q\\"": invalid syntax'],
    ['a + on () fill (0) b', '1:1: parse error: binop fill modifiers are experimental and not enabled'],
  ])('%j: %s', (query, message) => {
    if (message instanceof RegExp) expect(refusal(query)).toMatch(message);
    else expect(refusal(query)).toBe(message);
  });
});

describe('parse refuses wrong types', () => {
  it.each([
    ['rate(a)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
    ['abs(a[1m])', '1:5: parse error: expected type instant vector in call to function "abs", got range vector'],
    ['rate()', '1:1: parse error: expected 1 argument(s) in call to "rate", got 0'],
    ['round(a, 1, 2)', '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3'],
    ['round()', '1:1: parse error: expected at least 1 argument(s) in call to "round", got 0'],
    ['sum(1)', '1:5: parse error: expected type instant vector in aggregation expression, got scalar'],
    ['topk(a, b)', '1:6: parse error: expected type scalar in aggregation parameter, got instant vector'],
    ['topk(a)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
    ['sum()', '1:1: parse error: no arguments for aggregate expression provided'],
    ['1 == 1', '1:1: parse error: comparisons between scalars must use BOOL modifier'],
    ['a + bool b', '1:1: parse error: bool modifier can only be used on comparison operators'],
    ['a + "b"', '1:5: parse error: binary expression must contain only scalar and instant vector types'],
    ['a + b[5m]', /range/],
    ['a and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['a and on(x) group_left b', '1:1: parse error: no grouping allowed for "and" operation'],
    ['a + on(x) 1', '1:1: parse error: vector matching only allowed between instant vectors'],
    ['a + on(x) group_left(x) b', '1:1: parse error: label "x" must not occur in ON and GROUP clause at once'],
    ['-"a"', '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"'],
  ])('%j: %s', (query, message) => {
    if (message instanceof RegExp) expect(refusal(query)).toMatch(message);
    else expect(refusal(query)).toBe(message);
  });
});

describe('parse refuses what it would not evaluate', () => {
  it.each([
    ['a[5m:1m]'],
    ['a @ 100'],
    ['a atan2 b'],
    ['stddev(a)'],
    ['count_values("a", b)'],
    ['deriv(a[5m])'],
    ['quantile_over_time(0.5, a[5m])'],
    ['absent_over_time(a[5m])'],
  ])('%s', (query) => {
    expect(refusal(query)).toMatch(/^1:\d+: parse error: (.* is beyond the PromQL that the sandbox evaluates|unknown function)/);
  });
});
