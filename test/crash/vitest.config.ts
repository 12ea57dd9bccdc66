import { defineConfig } from 'vitest/config';
import { CrashReporter } from './reporter.ts';

/** `npm run test:crash`: every effect of the scenarios meets every fault, on a virtual clock, then several at random. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.crash.ts'],
    maxWorkers: '100%',
    pool: 'threads',
    reporters: ['default', new CrashReporter()],
    // One test plays some hundred runs; what takes this long hangs.
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
});
