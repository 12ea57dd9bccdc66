import type { SandboxClock } from '../../../sandbox/clock.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Tier } from '../../scenarios/tier.ts';
import { type Lateness, usualLateness } from '../faults.ts';
import type { Interposer } from '../interposer.ts';
import { crashTier } from './crash-tier.ts';

/** Where base runs are played, and how much time passes there. */
export interface World {
  readonly clock: () => SandboxClock;
  /** `interposer` stands before every port of every Lambda of it. */
  readonly tier: (interposer: Interposer, onSandbox: (sandbox: Sandbox) => void) => Tier;
  /** To each service from before the run to its end; 0 where nobody would answer. */
  readonly requestsPerSecond: number;
  readonly lateness: Lateness;
  /** How long what came late is looked at behind everything else: until nothing is left of the canary, but at least and at most so long. */
  readonly looksBackSeconds: readonly [atLeast: number, atMost: number];
  /** Long after any promise is broken. */
  readonly givesUpSeconds: number;
}

/** The sandbox without requests, on a virtual clock. */
export const virtualWorld: World = {
  clock: () => new VirtualClock(),
  tier: crashTier,
  requestsPerSecond: 0,
  lateness: usualLateness,
  // Long enough for the sweep to come round twice behind what was late.
  looksBackSeconds: [130, 130],
  givesUpSeconds: 1500,
};
