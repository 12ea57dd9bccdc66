import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { fillQuery, type QueryValues, unknownPlaceholders } from '../../../core/analysis/query-template.ts';

const values: QueryValues = {
  canary: 'shop-canary',
  stable: 'shop',
  canaryWorkload: 'shop-app-canary',
  stableWorkload: 'shop-app',
  namespace: 'prod',
  intervalSeconds: 10,
};

describe('fillQuery', () => {
  it('fills in all names, with or without spaces, each as often as it stands', () => {
    const template = 'a{w="{{canary}}"}[{{interval}}] / b{w="{{ stable }}",n="{{namespace}}"}[{{interval}}]';
    expect(fillQuery(template, values)).toBe('a{w="shop-canary"}[10s] / b{w="shop",n="prod"}[10s]');
    expect(fillQuery('a{d=~"{{canaryWorkload}}|{{ stableWorkload }}"}', values)).toBe('a{d=~"shop-app-canary|shop-app"}');
  });

  it.each([
    [1, '1s'],
    [60, '60s'],
    [1.5, '1500ms'],
    [90.25, '90250ms'],
  ])('writes an interval of %d s as %s', (intervalSeconds, duration) => {
    expect(fillQuery('x[{{interval}}]', { ...values, intervalSeconds })).toBe(`x[${duration}]`);
  });

  it.each([
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['a double quote', 'a"b', 'a\\x22b'],
    ['a single quote', "a'b", 'a\\x27b'],
    ['a line break', 'a\nb', 'a\\nb'],
  ])('escapes %s', (_, canary, escaped) => {
    expect(fillQuery('{{canary}}', { ...values, canary })).toBe(escaped);
  });

  it('leaves what it does not know, and braces of selectors, as they stand', () => {
    expect(fillQuery('x{a="{{colour}}"} {{ }} {b="{"} {{toString}}', values)).toBe('x{a="{{colour}}"} {{ }} {b="{"} {{toString}}');
  });

  it('takes a value for text, never for a pattern of replacement', () => {
    expect(fillQuery('{{canary}}', { ...values, canary: "$& $1 $' {{stable}}" })).toBe('$& $1 $\\x27 {{stable}}');
  });

  it('never lets a value out of its string, whichever quotes the template uses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('"', "'"), (canary, quote) => {
        const filled = fillQuery(`up{a=${quote}{{canary}}${quote}}`, { ...values, canary });
        expect(checkQuery(filled)).toEqual({ ok: true });
      }),
    );
  });
});

describe('unknownPlaceholders', () => {
  it('names each unknown one once, in order', () => {
    expect(unknownPlaceholders('{{colour}} {{canary}} {{ Size }} {{colour}} {{}}')).toEqual(['colour', 'Size', '']);
  });

  it('has nothing against the known ones', () => {
    expect(unknownPlaceholders('{{canary}} {{stable}} {{canaryWorkload}} {{stableWorkload}} {{namespace}} {{ interval }}')).toEqual([]);
  });
});
