import fc from 'fast-check';
import { expect, it } from 'vitest';
import { errorClasses, SluiceError } from '../../core/errors.ts';
import type { FuzzCount } from './fuzz-reporter.ts';
import { seedFrom } from './seed.ts';

declare module 'vitest' {
  interface TaskMeta {
    fuzz?: FuzzCount;
  }
}

/** What became of one input: taken as it should be, or refused by a named error or a value that says so. */
export type Fate = 'taken' | 'refused';

const names: ReadonlySet<string> = new Set(errorClasses.map((each) => new each('', { remedy: '' }).name));

/** What an error may say at most: an answer of Lambda has 6 MB, a Cause of Step Functions 32 KB. */
const longestMessage = 32 * 1024;

const longestShown = 1_500;

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const untouched = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

/**
 * A test that gives so many inputs to a target, and after each looks whether a prototype was changed. FUZZ_SEED and FUZZ_PATH, which a finding
 * prints, play it again.
 */
export function fuzz<T>(target: string, all: number, inputs: fc.Arbitrary<T>, give: (input: T) => Fate | Promise<Fate>): void {
  it(target, async ({ task }) => {
    let taken = 0;
    const property = fc.asyncProperty(inputs, async (input) => {
      if ((await give(input)) === 'taken') taken += 1;
      expect(prototypes.map((prototype) => Reflect.ownKeys(prototype).length)).toEqual(untouched);
    });
    const runs = Math.ceil(all * Number(process.env['FUZZ_SHARE'] ?? '1'));
    const path = process.env['FUZZ_PATH'];
    const result = await fc.check(property, { numRuns: runs, seed: seedFrom(process.env), ...(path === undefined ? {} : { path }) });
    if (result.failed) throw finding(target, result);
    task.meta.fuzz = { target, inputs: runs, taken };
  });
}

/** Runs an act that may refuse: by an error of core/errors.ts, of a bounded length, and by no other. */
export async function takenOrNamed(act: () => unknown, onRefusal: (error: SluiceError) => void = () => undefined): Promise<Fate> {
  try {
    await act();
    return 'taken';
  } catch (error) {
    if (!(error instanceof SluiceError) || !names.has(error.name)) throw error;
    expect(error.message.length).toBeLessThanOrEqual(longestMessage);
    onRefusal(error);
    return 'refused';
  }
}

/** What to do about it comes first: an input may have pages. */
function finding<T>(target: string, { seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<[T]>): Error {
  const replay = `FUZZ_SEED=${seed} FUZZ_PATH='${counterexamplePath}' npm run test:fuzz -- -t '${target}'`;
  return new Error(`${target} does not hold. Replay: ${replay}\nGiven: ${fc.stringify(counterexample).slice(0, longestShown)}`, {
    cause: errorInstance,
  });
}
