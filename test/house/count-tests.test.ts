import { describe, expect, it } from 'vitest';
import { countTests, totalOf } from '../../scripts/count-tests.ts';

const report = (numPassedTests: number, numFailedTests: number, ...files: [status: string, tests: number][]) =>
  JSON.stringify({
    numPassedTests,
    numFailedTests,
    testResults: files.map(([status, tests]) => ({ status, assertionResults: Array.from({ length: tests }, () => ({})) })),
  });

describe('the count of tests', () => {
  it.each([
    ['all passed', report(5, 0, ['passed', 5]), { passed: 5, failed: 0 }],
    ['some failed', report(3, 2, ['failed', 4], ['passed', 1]), { passed: 3, failed: 2 }],
    ['a file could not be loaded', report(3, 0, ['failed', 0], ['passed', 3]), { passed: 3, failed: 1 }],
    ['nothing ran', report(0, 0), { passed: 0, failed: 0 }],
  ])('where %s', (_, text, count) => {
    expect(countTests(text)).toEqual(count);
  });

  it('refuses what is not a report', () => {
    expect(() => countTests('{}')).toThrow();
  });

  it.each([
    [
      'adds tiers up',
      [
        { failed: false, tests: { passed: 2, failed: 0 } },
        { failed: true, tests: { passed: 3, failed: 4 } },
      ],
      { passed: 5, failed: 4 },
    ],
    [
      'counts a step without tests as one failure',
      [{ failed: true }, { failed: false, tests: { passed: 2, failed: 0 } }],
      { passed: 2, failed: 1 },
    ],
    ['counts a run that failed outside of its tests', [{ failed: true, tests: { passed: 2, failed: 0 } }], { passed: 2, failed: 1 }],
    ['counts nothing for a step that held', [{ failed: false }], { passed: 0, failed: 0 }],
  ])('%s', (_, tiers, total) => {
    expect(totalOf(tiers)).toEqual(total);
  });
});
