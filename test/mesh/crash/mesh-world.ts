import { ScaledClock } from '../../../sandbox/clock.ts';
import { interposedSandbox } from '../../crash/interposed-sandbox.ts';
import type { World } from '../../crash/world/world.ts';
import type { BenchDescription } from '../bench/description.ts';
import type { Bench } from '../bench/types.ts';
import { meshTier } from '../tier/mesh-tier.ts';

/** Real time, real requests through the gateway's Envoy, and a namespace of the bench for each run. */
export function meshWorld(bench: Bench, description: BenchDescription): World {
  return {
    clock: () => new ScaledClock(),
    tier: (interposer, onSandbox) => meshTier(bench, description, { around: (clock) => interposedSandbox(interposer, clock), onSandbox }),
    requestsPerSecond: 15,
    // A lease lasts 60 s and an announced quiet 20 s; a Task is given up after 60 s.
    lateness: { lateMs: 90_000, inRollbackMs: 61_200 },
    looksBackSeconds: [5, 75],
    givesUpSeconds: 240,
  };
}
