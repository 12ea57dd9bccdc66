import { describe, expect, it } from 'vitest';
import { compileRegexp } from '../../../../sandbox/prometheus/promql/regexp.ts';

function matches(pattern: string, text: string): boolean {
  const regexp = compileRegexp(pattern);
  if (typeof regexp === 'string') throw new Error(regexp);
  return regexp.test(text);
}

describe('compileRegexp', () => {
  it.each([
    ['5..', '503', true],
    ['5..', '5033', false],
    ['a|bc', 'abc', false],
    ['', '', true],
    ['', 'a', false],
    ['a.b', 'a\nb', true],
    ['(?i)shop', 'SHOP', true],
    ['(?i)a|b', 'B', true],
    ['\\d+', '42', true],
    ['a\\-b', 'a-b', true],
  ])('%s and %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each([['(?=a)'], ['(?<!a)b'], ['(a)\\1'], ['[[:alpha:]]'], ['\\pL'], ['a)(b'], ['['], ['a**']])('refuses %s', (pattern) => {
    expect(compileRegexp(pattern)).toMatch(/^error parsing regexp: /);
  });
});
