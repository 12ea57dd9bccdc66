import { defineConfig } from 'vitest/config';
import { FuzzReporter } from './fuzz-reporter.ts';
import { seedFrom } from './seed.ts';

const seed = seedFrom(process.env);

/** `npm run test:fuzz`: inputs that mean harm, by the hundred thousand. docs/test-fuzz.md tells how a finding is replayed. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.fuzz.ts'],
    env: { FUZZ_SEED: String(seed) },
    maxWorkers: '100%',
    pool: 'threads',
    reporters: ['default', new FuzzReporter(seed)],
    // No test waits for a real clock. What takes this long hangs.
    testTimeout: 300_000,
  },
});
