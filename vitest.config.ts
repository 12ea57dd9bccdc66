import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One file at a time on each core, none left for the watcher that Vitest keeps one free for.
    maxWorkers: '100%',
    pool: 'threads',
    // No test waits for a real clock. What takes this long hangs.
    testTimeout: 60_000,
  },
});
