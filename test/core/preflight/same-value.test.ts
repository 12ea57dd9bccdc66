import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameValue } from '../../../core/preflight/same-value.ts';

it('a value of JSON is the same as its copy with the keys in another order', () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, field]) => [key, turned(field)]),
    );
  };
  fc.assert(fc.property(fc.jsonValue(), (value) => sameValue(value, turned(value))));
});

it.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [
    [1, 2],
    [2, 1],
  ],
  [[], {}],
  [null, {}],
  [{ a: undefined }, { a: null }],
  ['1', 1],
])('%j is not %j', (one, other) => {
  expect(sameValue(one, other)).toBe(false);
});

it('a field that is undefined is one that is not there', () => {
  expect(sameValue({ a: 1, b: undefined }, { a: 1 })).toBe(true);
});
