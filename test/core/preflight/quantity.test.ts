import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatQuantity, parseQuantity } from '../../../core/preflight/quantity.ts';

describe('a quantity', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    [2, 2],
    ['0.5', 0.5],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['128Mi', 128 * 2 ** 20],
    ['1k', 1000],
    ['2e3', 2000],
    ['1E', 1e18],
    ['100n', 1e-7],
  ])('%s is %d', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 12);
  });

  it.each(['', 'much', '1 Gi', '1Kb', 'Gi'])('%j is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it.each([
    ['requests.cpu', 0.25, '250m'],
    ['requests.cpu', 3, '3'],
    ['limits.memory', 1.5 * 2 ** 30, '1.5Gi'],
    ['requests.memory', 512 * 2 ** 20, '512Mi'],
    ['requests.memory', 0, '0'],
    ['pods', 7, '7'],
  ])('of %s, %d is told as %s', (resource, value, text) => {
    expect(formatQuantity(resource, value)).toBe(text);
  });

  it('of cores survives being told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (thousandths) => {
        expect(parseQuantity(formatQuantity('requests.cpu', thousandths / 1000))).toBeCloseTo(thousandths / 1000, 9);
      }),
    );
  });
});
