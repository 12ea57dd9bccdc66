import fc from 'fast-check';
import { describe, it } from 'vitest';
import '../reporter.ts';
import { mischief } from './incidents.ts';
import { runMischief } from './run-mischief.ts';

/** Of one file. `CRASH_RUNS` asks for more. */
const numRuns = Number(process.env['CRASH_RUNS'] ?? 200);
/** What is left of five minutes behind the edges. */
const longestMs = 100_000;

/**
 * Several faults, events that come twice, late or never, more images, operators and other hands at any time. The seed is one and the same in each
 * run, so that a change that breaks a promise is not found by chance; `CRASH_SEED` looks elsewhere.
 */
export function describeRandom(ownSeed: number): void {
  const seed = Number(process.env['CRASH_SEED'] ?? ownSeed);

  describe.runIf(process.env['CRASH_ONLY'] === undefined)('several incidents at random', () => {
    it(`end on one whole, ready side, seed ${seed}`, async ({ task }) => {
      let runs = 0;
      let faults = 0;
      const property = fc.asyncProperty(mischief, async (each) => {
        runs += 1;
        faults += each.incidents.filter((incident) => 'fault' in incident).length;
        const wrong = await runMischief(each);
        if (wrong !== undefined) throw new Error(wrong);
      });
      const limit = process.env['CRASH_RUNS'] === undefined ? { interruptAfterTimeLimit: longestMs } : {};
      await fc.assert(property, { seed, numRuns, ...limit }).finally(() => {
        task.meta.crash = { edges: [], runs, faults, known: [] };
        console.log(`  ${runs} runs with several incidents, seed ${seed}`);
      });
    });
  });
}
