import type { Reporter, TestModule } from 'vitest/node';

/** Fewer inputs than this are no run of all targets. */
export const fewestInputs = 100_000;

/** What one target says of itself when it has held against all its inputs. */
export interface FuzzCount {
  readonly target: string;
  readonly inputs: number;
  /** Of these, how many were taken; the others were refused by name. */
  readonly taken: number;
}

/** Prints how many inputs each target was given, and all of them together; a run of fewer than 100,000 fails. */
export class FuzzReporter implements Reporter {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const counts = tests.flatMap((test) => test.meta().fuzz ?? []);
    const total = counts.reduce((sum, { inputs }) => sum + inputs, 0);
    for (const line of countLines(counts, this.#seed)) console.log(line);
    if (total >= fewestInputs) return;
    console.error(`A run of all targets tries at least ${fewestInputs} inputs; this one tried ${total}.`);
    process.exitCode = 1;
  }
}

/** One line for each target, and one for the total. */
export function countLines(counts: readonly FuzzCount[], seed: number): string[] {
  const sum = (of: (count: FuzzCount) => number) => counts.reduce((all, count) => all + of(count), 0);
  const total = { target: 'total', inputs: sum(({ inputs }) => inputs), taken: sum(({ taken }) => taken) };
  const widest = Math.max(...[...counts, total].map(({ target }) => target.length));
  return [...counts, total].map(
    ({ target, inputs, taken }) =>
      `${target.padEnd(widest)}  ${String(inputs).padStart(7)} inputs  ${String(taken).padStart(7)} taken  ${String(inputs - taken).padStart(7)} refused  seed ${seed}`,
  );
}
