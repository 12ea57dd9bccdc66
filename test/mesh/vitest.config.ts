import { defineConfig } from 'vitest/config';

/** `npm run test:mesh`: against real parts of a mesh. They share one bench, so their files run one after the other. */
export default defineConfig({
  test: {
    include: ['test/mesh/**/*.mesh.ts'],
    globalSetup: ['test/mesh/bench/global-setup.ts'],
    pool: 'forks',
    fileParallelism: false,
    // Scenarios wait more than they work.
    maxConcurrency: 16,
    // Real time passes here.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
