import { describe, expect, it } from 'vitest';
import { isNestedDeeper } from '../../core/nesting.ts';

describe('nesting', () => {
  it.each([
    ['a text', 'x', 0, false],
    ['an empty list', [], 0, true],
    ['a list', ['x'], 1, false],
    ['a list in an object', { a: ['x'] }, 1, true],
    ['a list in an object', { a: ['x'] }, 2, false],
  ])('of %s is counted', (_, value, levels, expected) => {
    expect(isNestedDeeper(value, levels)).toBe(expected);
  });

  it('of any depth is told without coming to the end of the stack', () => {
    const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
    expect(isNestedDeeper(deep, 100)).toBe(true);
  });
});
