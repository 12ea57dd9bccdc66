import { describe, expect, it } from 'vitest';
import { checkQuery } from '../../../core/analysis/check-query.ts';

describe('checkQuery', () => {
  it.each([
    'up',
    'sum(rate(http_requests_total{code=~"5..", app="shop"}[1m])) / sum(rate(http_requests_total{app="shop"}[1m]))',
    'histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))',
    'a / on (pod) group_left (node) b offset 5m > bool 0.5 or vector(0)',
    'max_over_time(rate(x[1m])[5m:10s]) # with a comment (',
    "label_replace(up, 'a', '$1', 'b', '(.*)')",
    'up{a="a \\" quote"}',
    'up{a=`raw " text`}',
  ])('accepts %s', (query) => {
    expect(checkQuery(query)).toEqual({ ok: true });
  });

  it.each([
    ['', 0, 'no expression found in input'],
    ['  # only a comment', 0, 'no expression found in input'],
    ['sum(rate(errors_total[1m])', 26, 'unexpected end of input'],
    ['sum by (a)', 10, 'unexpected end of input'],
    ['a +', 3, 'unexpected end of input'],
    ['foo bar', 4, 'unexpected "bar"'],
    ['a)', 1, 'unexpected ")"'],
    ['rate(a[5x])', 8, 'unexpected "x"'],
    ['rate(a[])', 7, 'unexpected "]"'],
    ['a == = b', 5, 'unexpected "="'],
    ['sum(a) on (b)', 7, 'unexpected "on"'],
    ['1 + rat(x[5m])', 4, 'unknown function with name "rat"'],
    ['clampp (a, 0, 1)', 0, 'unknown function with name "clampp"'],
    ['a{b="c}', 4, 'unterminated quoted string'],
    ['a{b="c\\"}', 4, 'unterminated quoted string'],
    ["'abc", 0, 'unterminated quoted string'],
  ])('refuses %j at %i: %s', (query, position, message) => {
    expect(checkQuery(query)).toEqual({ ok: false, position, message });
  });
});
