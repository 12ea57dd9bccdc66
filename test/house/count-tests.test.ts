import { describe, expect, it } from 'vitest';
import { countTests, failuresIn, totalOf } from '../../scripts/count-tests.ts';

const report = ([numPassedTests, numFailedTests, numPendingTests = 0]: readonly number[], ...files: [status: string, tests: number][]) =>
  JSON.stringify({
    numPassedTests,
    numFailedTests,
    numPendingTests,
    testResults: files.map(([status, tests]) => ({ status, assertionResults: Array.from({ length: tests }, () => ({})) })),
  });

describe('the count of tests', () => {
  it.each([
    ['all passed', report([5, 0], ['passed', 5]), { passed: 5, failed: 0, skipped: 0 }],
    ['some failed', report([3, 2], ['failed', 4], ['passed', 1]), { passed: 3, failed: 2, skipped: 0 }],
    ['a file could not be loaded', report([3, 0], ['failed', 0], ['passed', 3]), { passed: 3, failed: 1, skipped: 0 }],
    ['some were skipped', report([3, 0, 2], ['passed', 5]), { passed: 3, failed: 0, skipped: 2 }],
    ['nothing ran', report([0, 0]), { passed: 0, failed: 0, skipped: 0 }],
  ])('where %s', (_, text, count) => {
    expect(countTests(text)).toEqual(count);
  });

  it('refuses what is not a report', () => {
    expect(() => countTests('{}')).toThrow();
  });

  it('tells what failed and why, without colours, and no more than the beginning', () => {
    const failures = failuresIn(
      JSON.stringify({
        ...JSON.parse(report([1, 1])),
        testResults: [
          {
            name: 'a.test.ts',
            status: 'failed',
            assertionResults: [
              { status: 'passed', fullName: 'a holds', failureMessages: [] },
              { status: 'failed', fullName: 'a breaks', failureMessages: [`\u001b[31mexpected 1 to be 2\u001b[39m${' at'.repeat(9_000)}`] },
            ],
          },
          { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
        ],
      }),
    );
    expect(failures).toEqual([expect.stringMatching(/^a\.test\.ts: a breaks\nexpected 1 to be 2 at/), 'b.test.ts\nno such module']);
    expect(failures[0]?.length).toBeLessThan(2_100);
  });

  it.each([
    [
      'adds tiers up',
      [
        { failed: false, tests: { passed: 2, failed: 0, skipped: 1 } },
        { failed: true, tests: { passed: 3, failed: 4, skipped: 2 } },
      ],
      { passed: 5, failed: 4, skipped: 3 },
    ],
    [
      'counts a step without tests as one failure',
      [{ failed: true }, { failed: false, tests: { passed: 2, failed: 0, skipped: 0 } }],
      { passed: 2, failed: 1, skipped: 0 },
    ],
    [
      'counts a run that failed outside of its tests',
      [{ failed: true, tests: { passed: 2, failed: 0, skipped: 0 } }],
      { passed: 2, failed: 1, skipped: 0 },
    ],
    ['counts nothing for a step that held', [{ failed: false }], { passed: 0, failed: 0, skipped: 0 }],
  ])('%s', (_, tiers, total) => {
    expect(totalOf(tiers)).toEqual(total);
  });
});
