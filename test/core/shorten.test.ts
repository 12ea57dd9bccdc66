import { describe, expect, it } from 'vitest';
import { shorten } from '../../core/shorten.ts';

describe('a text that is shortened', () => {
  it.each([
    ['is left as it is where it fits', 'Too many', 8, 'Too many'],
    ['ends in an ellipsis where it does not', 'Too many errors', 8, 'Too many…'],
    ['is never cut within a character of two places', 'slow 🐌🐌', 6, 'slow …'],
    ['shows half a character for what it is', 'a\ud83d', 8, 'a\ufffd'],
    ['shows half a character for what it is where it is cut too', '\ud83da and more', 2, '\ufffda…'],
  ])('%s', (_, text, most, expected) => {
    expect(shorten(text, most)).toBe(expected);
    expect(shorten(text, most).isWellFormed()).toBe(true);
  });
});
