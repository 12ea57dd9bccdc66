import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeSide } from '../../../core/rollout/safe-split.ts';
import type { Side } from '../../../core/traffic/split.ts';

describe('the safe side', () => {
  it.each<[Side, number | undefined, number | undefined, Side, string]>([
    ['stable', 3, 1, 'stable', 'the recorded side is ready'],
    ['stable', 3, 0, 'stable', 'only the recorded side is ready'],
    ['stable', 0, 1, 'canary', 'the recorded side has no endpoint, and the other some'],
    ['stable', 0, 0, 'stable', 'neither has any, so the other is no better'],
    ['stable', 0, undefined, 'stable', 'nothing is known of the other'],
    ['stable', undefined, 1, 'stable', 'not knowing is no reason to leave the recorded side'],
    ['stable', undefined, undefined, 'stable', 'the cluster does not answer'],
    ['canary', 3, 1, 'canary', 'the promotion is half-way'],
    ['canary', 3, 0, 'stable', 'the canary was lost half-way through the promotion'],
    ['canary', 0, 0, 'canary', 'neither has any, so the other is no better'],
    ['canary', 2, undefined, 'canary', 'not knowing is no reason to leave the recorded side'],
    ['canary', undefined, 0, 'canary', 'nothing is known of the other'],
  ])('T1: recorded %s, stable %s ready, canary %s ready: %s, since %s', (recorded, stable, canary, expected) => {
    expect(safeSide(recorded, { stable, canary })).toBe(expected);
  });

  const side = fc.constantFrom<Side>('stable', 'canary');
  const ready = fc.option(fc.nat({ max: 5 }), { nil: undefined });
  const readiness = fc.record({ stable: ready, canary: ready });

  it('T1: is never one that is known to have no ready endpoint while the other is known to have some', () => {
    fc.assert(
      fc.property(side, readiness, (recorded, counts) => {
        const chosen = safeSide(recorded, counts);
        const other = chosen === 'stable' ? 'canary' : 'stable';
        expect(counts[chosen] === 0 && (counts[other] ?? 0) > 0).toBe(false);
      }),
    );
  });

  it('is the recorded one unless that is known to have no ready endpoint', () => {
    fc.assert(
      fc.property(side, readiness, (recorded, counts) => {
        if (counts[recorded] !== 0) expect(safeSide(recorded, counts)).toBe(recorded);
      }),
    );
  });
});
