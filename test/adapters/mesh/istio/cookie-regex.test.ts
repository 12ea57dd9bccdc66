import { describe, expect, it } from 'vitest';
import { cookieRegex, valuePattern } from '../../../../adapters/mesh/istio/cookie-regex.ts';

type Text = Parameters<typeof valuePattern>[0];

/** As Envoy does: all of the header has to fit. */
const fits = (name: string, text: Text, header: string) => new RegExp(`^(?:${cookieRegex(name, valuePattern(text))})$`).test(header);

describe('a cookie of the header that carries them all', () => {
  it.each<[string, Text, string, boolean]>([
    ['a', { exact: '1' }, 'a=1', true],
    ['a', { exact: '1' }, 'b=2; a=1', true],
    ['a', { exact: '1' }, 'a=1; b=2', true],
    ['a', { exact: '1' }, 'b=2;a=1;c=3', true],
    ['a', { exact: '1' }, 'aa=1', false],
    ['a', { exact: '1' }, 'b=2; aa=1', false],
    ['a', { exact: '1' }, 'a=11', false],
    ['a', { exact: '1' }, 'b=a=1', false],
    ['a', { exact: '1' }, '', false],
    ['a$b', { exact: '$^.*+?()[]{}|\\' }, 'a$b=$^.*+?()[]{}|\\', true],
    ['a.b', { exact: '1' }, 'axb=1', false],
    ['a', { prefix: 'x.' }, 'a=x.y; b=1', true],
    ['a', { prefix: 'x.' }, 'a=xyz', false],
    ['a', { prefix: 'x' }, 'a=y; b=x', false],
    ['a', { regex: '.*' }, 'a=', true],
    ['a', { regex: '.*z' }, 'a=x; b=z', false],
    ['a', { regex: '\\.z' }, 'a=.z', true],
    ['a', { regex: '\\.z' }, 'a=xz', false],
    ['a', { regex: '[.]z' }, 'a=.z', true],
    ['a', { regex: '[^x]+z' }, 'a=y; b=z', false],
    ['a', { regex: '[^x]+z' }, 'a=yz', true],
    ['a', { regex: '[^]x]+z' }, 'a=yz', true],
    ['a', { regex: '[^]x]+z' }, 'a=]z', false],
    ['a', { regex: '\\S+\\D\\W' }, 'a=xy-', true],
    ['a', { regex: '\\S+' }, 'a=x;b=1', true],
    ['a', { regex: 'x\\S+z' }, 'a=xy;b=z', false],
    ['a', { regex: '^v[0-9]$' }, 'b=1; a=v2; c=3', true],
    ['a', { regex: 'x|y' }, 'a=y', true],
    ['a', { regex: 'x|y' }, 'a=xb', false],
  ])('%s of %o fits "%s": %s', (name, text, header, expected) => {
    expect(fits(name, text, header)).toBe(expected);
  });
});
