import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenShare } from '../../../sandbox/traffic/even-share.ts';

const hits = (isHit: () => boolean, count: number) => Array.from({ length: count }, isHit).filter(Boolean).length;

describe('an even share', () => {
  it.each([
    [0, 0],
    [0.001, 1],
    [0.01, 10],
    [0.05, 50],
    [1 / 3, 333],
    [0.5, 500],
    [1, 1000],
    [-1, 0],
    [7, 1000],
  ])('of %d takes %i of 1000', (share, expected) => {
    expect(hits(evenShare(share), 1000)).toBe(expected);
  });

  it('is spread out', () => {
    const isHit = evenShare(0.05);
    const places = Array.from({ length: 100 }, (_, index) => (isHit() ? index + 1 : 0)).filter((place) => place > 0);
    expect(places).toEqual([10, 30, 50, 70, 90]);
  });

  it('is met to within one after any number of requests, whatever its phase', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const phase = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(share, phase, fc.integer({ min: 1, max: 500 }), (shareOf, phaseOf, count) => {
        expect(Math.abs(hits(evenShare(shareOf, phaseOf), count) - shareOf * count)).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });
});
