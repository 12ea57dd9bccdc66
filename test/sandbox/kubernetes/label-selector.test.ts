import { describe, expect, it } from 'vitest';
import { parseLabelSelector, selects } from '../../../sandbox/kubernetes/label-selector.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['', { a: 'b' }, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a = b', { a: 'b' }, true],
    ['a=', { a: '' }, true],
    ['a!=b', { a: 'c' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['!a', { a: 'x' }, false],
    ['a in (x,y)', { a: 'y' }, true],
    ['a in ( x, y )', { a: 'z' }, false],
    ['a in (x)', {}, false],
    ['a notin (x,y)', {}, true],
    ['a notin (x,y)', { a: 'x' }, false],
    ['sluice.dev/side in (stable,canary),app=shop,!old', { 'sluice.dev/side': 'canary', app: 'shop' }, true],
    ['sluice.dev/side in (stable,canary),app=shop', { 'sluice.dev/side': 'canary' }, false],
    ['toString', {}, false],
  ])('reads %j, which of %j says %s', (text, labels, expected) => {
    expect(parseLabelSelector(text)?.(labels as Record<string, string>)).toBe(expected);
  });

  it.each(['a b', 'a in x', 'a=b=c', ',', 'a>(1)', 'a in (x'])('does not take %j for a selector', (text) => {
    expect(parseLabelSelector(text)).toBeUndefined();
  });
});

describe('selects', () => {
  it('asks for every pair, and with none selects nothing', () => {
    expect(selects({ a: '1', b: '2' }, { a: '1', b: '2', c: '3' })).toBe(true);
    expect(selects({ a: '1', b: '2' }, { a: '1' })).toBe(false);
    expect(selects({}, { a: '1' })).toBe(false);
  });
});
