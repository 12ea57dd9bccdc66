import { defineConfig } from 'vitest/config';

/** `npm run test:localstack`: the scenarios, through the real APIs. What is deployed is shared, so they are one file, in one process. */
export default defineConfig({
  test: {
    include: ['test/localstack/scenarios.localstack.ts'],
    pool: 'forks',
    // The longest wait of a story is five minutes; before it a deployment may have to be made.
    testTimeout: 600_000,
    // LocalStack is installed on its first start.
    hookTimeout: 900_000,
    // One scenario for each deployment; which ones there are is `lanes` of the suite.
    maxConcurrency: 4,
  },
});
