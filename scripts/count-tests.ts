import * as z from 'zod/mini';

/** The part of Vitest's JSON report that is counted. A file that could not be loaded has failed without a test of its own. */
const report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  // Skipped ones.
  numPendingTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const none: TestCount = { passed: 0, failed: 0, skipped: 0 };

/** @param text A report of `vitest run --reporter=json`. */
export function countTests(text: string): TestCount {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = report.parse(JSON.parse(text));
  const unloaded = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  return { passed: numPassedTests, failed: numFailedTests + unloaded, skipped: numPendingTests };
}

/**
 * All tiers together. A step that failed counts as one failure where no test of it did, so that the count is never 0 when something
 * went wrong: types, style, an error outside of any test, a report that was never written.
 */
export function totalOf(tiers: readonly { readonly failed: boolean; readonly tests?: TestCount }[]): TestCount {
  const each = tiers.map(({ failed, tests = none }) => ({
    ...tests,
    failed: failed ? Math.max(1, tests.failed) : tests.failed,
  }));
  return each.reduce(
    (sum, count) => ({ passed: sum.passed + count.passed, failed: sum.failed + count.failed, skipped: sum.skipped + count.skipped }),
    none,
  );
}
