import { systemClock } from '../../../adapters/clock.ts';
import type { Clock } from '../../../core/ports.ts';
import { every, VirtualClock } from '../../../sandbox/clock.ts';

/** How often the two times are compared: the grain in which a person sees the sandbox's time pass. */
const grainMs = 20;

/**
 * A virtual clock that goes at most `speed` times as fast as the machine's. It stands still while requests are under way, so that on a
 * busy machine a sandbox becomes slower, but its latencies do not rise: on a scaled clock an answer that takes the machine 20 ms would
 * count as 600 ms at thirty times the speed, and roll a healthy version back.
 */
export function createPacedClock(speed: number, machine: Clock = systemClock): VirtualClock {
  const startMs = machine.now();
  const clock = new VirtualClock({ startMs });
  let realSinceMs = startMs;
  let virtualSinceMs = startMs;
  every(clock, grainMs * speed, () =>
    clock.busy(async () => {
      const dueMs = realSinceMs + (clock.now() - virtualSinceMs) / speed;
      await machine.sleep(Math.max(0, dueMs - machine.now()));
      // Time that the machine could not keep up with is not made up for afterwards.
      realSinceMs = Math.max(dueMs, machine.now());
      virtualSinceMs = clock.now();
    }),
  );
  return clock;
}
