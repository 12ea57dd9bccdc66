import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod/mini';
import { shorten } from '../core/shorten.ts';

/** The part of Vitest's JSON report that is counted. A file that could not be loaded has failed without a test of its own. */
const report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  // Skipped ones.
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      name: z._default(z.string(), ''),
      status: z.string(),
      message: z._default(z.string(), ''),
      assertionResults: z.array(
        z.object({
          status: z._default(z.string(), ''),
          fullName: z._default(z.string(), ''),
          failureMessages: z.nullish(z.array(z.string())),
        }),
      ),
    }),
  ),
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

/** So much is told of one failure: what was expected and found stands first. */
const mostOfMessage = 2_000;

/**
 * What failed, and why, each as one text: a tier's own output may be far above the end of a log, which is what people see first.
 *
 * @param text A report of `vitest run --reporter=json`.
 */
export function failuresIn(text: string): string[] {
  return report.parse(JSON.parse(text)).testResults.flatMap(({ name, status, message, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0) return [told(name, message)];
    const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
    return failed.map(({ fullName, failureMessages }) => told(`${name}: ${fullName}`, (failureMessages ?? []).join('\n')));
  });
}

function told(name: string, message: string): string {
  return `${name}\n${shorten(stripVTControlCharacters(message), mostOfMessage)}`;
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
