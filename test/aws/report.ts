import { formatTable } from '../../cli/output/table.ts';
import { formatLeft, type Left } from './remains.ts';
import type { StoryResult } from './stage.ts';

export interface Report {
  readonly prefix: string;
  readonly stories: readonly StoryResult[];
  /** Why the stories could not begin, where they could not. */
  readonly problem?: string;
  /** What is still there. */
  readonly left: readonly Left[];
}

export interface Counts {
  readonly passed: number;
  /** Not played counts as failed: nothing was shown. */
  readonly failed: number;
}

export function countsOf({ stories }: Report): Counts {
  const passed = stories.filter(({ outcome }) => outcome === 'passed').length;
  return { passed, failed: stories.length - passed };
}

const outcomeWords = { passed: 'passed', failed: 'FAILED', notPlayed: 'not played' } as const;

export function formatReport(report: Report): string {
  const { passed, failed } = countsOf(report);
  const stories = report.stories.map(({ outcome, name, title, wrong, timesMs, ids }) => {
    const facts = [
      ...Object.entries(timesMs).map(([what, ms]) => [`    ${what}`, `${(ms / 1000).toFixed(1)} s`]),
      ...Object.entries(ids).map(([what, id]) => [`    ${what}`, id]),
    ];
    return [
      `${outcomeWords[outcome]}  ${name}: ${title}`,
      ...wrong.map((line) => `    ${line}`),
      ...(facts.length > 0 ? [formatTable(facts)] : []),
    ].join('\n');
  });
  const left = report.left.length === 0 ? 'Nothing is left.' : `Left to be removed by hand, in this order:\n${formatLeft(report.left)}`;
  return [...(report.problem === undefined ? [] : [report.problem]), ...stories, left, `${passed} passed, ${failed} failed`].join('\n\n');
}
