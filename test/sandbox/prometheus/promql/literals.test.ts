import { describe, expect, it } from 'vitest';
import { parseDurationMs, parseNumber, unquote } from '../../../../sandbox/prometheus/promql/literals.ts';

describe('parseNumber', () => {
  it.each([
    ['12.34e6', 12_340_000],
    ['.2', 0.2],
    ['- 1', -1],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-inF', Number.NEGATIVE_INFINITY],
    ['nAn', Number.NaN],
    ['0x1F', 31],
    ['010', 8],
    ['089', 89],
    ['1_000_000', 1_000_000],
    ['5m30s', 330],
    ['100ms', 0.1],
  ])('reads %s as %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});

describe('parseDurationMs', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['1y', 31_536_000_000],
    ['1w1d', 691_200_000],
    ['1m1ms', 60_001],
    ['5', undefined],
    ['5x', undefined],
    ['', undefined],
  ])('reads %j as %s ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });
});

describe('unquote', () => {
  it.each([
    ['"a\\tb\\\\c"', 'a\tb\\c'],
    ['"\\x41\\u00e9\\101\\U0001F600"', 'AéA😀'],
    ["'it\\'s'", "it's"],
    ['`raw \\n "text"`', 'raw \\n "text"'],
  ])('reads %s', (literal, text) => {
    expect(unquote(literal)).toBe(text);
  });

  it.each([['"it\\\'s"'], ['\'say \\"hi\\"\''], ['"\\q"'], ['"\\U00110000"'], ['"two\nlines"']])('refuses %j', (literal) => {
    expect(unquote(literal)).toBeUndefined();
  });
});
