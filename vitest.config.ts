import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The scenarios first: they take the longest, and would otherwise run at the end on one core alone. Vitest finds that out by itself only in
 * a checkout in which it has run before.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/test/scenarios/');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One file at a time on each core, none left for the watcher that Vitest keeps one free for.
    maxWorkers: '100%',
    pool: 'threads',
    // Modules are loaded once on each core, not once for each file, which took a third of the time: 312 s before, some 215 s so, on two cores. A test that leaves
    // something behind in a module, or in zod's settings, fails others.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // No test waits for a real clock. What takes this long hangs.
    testTimeout: 60_000,
  },
});
