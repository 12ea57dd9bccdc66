import { describe, expect, it } from 'vitest';
import { closestWord, didYouMean } from '../../../core/spec/typo-hint.ts';

const words = ['weight', 'bake', 'pause', 'by'];

describe('a hint at a mistyped word', () => {
  it.each([
    ['wieght', 'weight'],
    ['Weight', 'weight'],
    ['weights', 'weight'],
    ['bke', 'bake'],
    ['baek', 'bake'],
    ['setWeight', 'weight'],
    ['b', 'by'],
    ['paused', 'pause'],
  ])('takes %s for %s', (typed, meant) => {
    expect(closestWord(typed, words)).toBe(meant);
  });

  it.each(['duration', 'name', 'x', ''])('does not guess at %j', (typed) => {
    expect(closestWord(typed, ['weight', 'bake', 'pause'])).toBeUndefined();
  });

  it('asks, rather than claims', () => {
    expect(didYouMean('wieght', words)).toBe('did you mean `weight`?');
    expect(didYouMean('elephant', words)).toBeUndefined();
  });
});
