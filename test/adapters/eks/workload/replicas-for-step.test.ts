import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replicasForStep } from '../../../../adapters/eks/workload/replicas-for-step.ts';

describe('the size of the canary for a step', () => {
  it.each([
    [10, 5, 100, 1],
    [10, 25, 100, 3],
    [10, 30, 100, 3],
    [3, 1, 1000, 1],
    [7, 100, 100, 7],
    [4, 0, 100, 1],
    [1, 50, 100, 1],
    [200, 999, 1000, 200],
  ])('beside %i pods of stable, at weight %i of %i, is %i', (stableReplicas, weight, totalWeight, expected) => {
    expect(replicasForStep({ stableReplicas, weight, totalWeight })).toBe(expected);
  });

  it('gives each pod of the canary no more than a pod of stable has, never shrinks with the weight, and is full at the end', () => {
    const step = fc.record({ stableReplicas: fc.integer({ min: 1, max: 1000 }), totalWeight: fc.constantFrom(100, 1000, 100_000) });
    fc.assert(
      fc.property(step, fc.double({ min: 0, max: 1, noNaN: true }), ({ stableReplicas, totalWeight }, share) => {
        const weight = Math.floor(share * totalWeight);
        const replicas = replicasForStep({ stableReplicas, weight, totalWeight });
        expect(replicas * totalWeight).toBeGreaterThanOrEqual(stableReplicas * weight);
        expect(replicas).toBeLessThanOrEqual(stableReplicas);
        expect(replicasForStep({ stableReplicas, weight: totalWeight, totalWeight })).toBe(stableReplicas);
        if (weight > 0) expect(replicas).toBeGreaterThanOrEqual(replicasForStep({ stableReplicas, weight: weight - 1, totalWeight }));
      }),
    );
  });
});
