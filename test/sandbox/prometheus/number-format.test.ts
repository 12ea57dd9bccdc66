import { describe, expect, it } from 'vitest';
import { formatScientific, formatValue } from '../../../sandbox/prometheus/number-format.ts';

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [0.1, '0.1'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [0.000001, '0.000001'],
    [1.5e-7, '1.5e-07'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('writes %d as %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});

describe('formatScientific', () => {
  it.each([
    [1, '1e+00'],
    [0.025, '2.5e-02'],
    [1e300, '1e+300'],
    [Number.NaN, 'NaN'],
  ])('writes %d as %s', (value, text) => {
    expect(formatScientific(value)).toBe(text);
  });
});
