import { type Answers, add } from '../../../core/analysis/proportion/block.ts';
import type { Rule } from './rule.ts';
import { blockSeconds } from './world.ts';

/** A rule as Flagger and Argo Rollouts have them: so many measurements above a threshold in a whole rollout, or in a row. */
export interface ThresholdOptions {
  /** A measurement is taken so often, over as long. */
  readonly windowSeconds: number;
  /** The highest share of bad answers that is taken for good. */
  readonly mostBad: number;
  /** So many measurements above it end the rollout. */
  readonly failures: number;
  readonly counts: 'inAll' | 'inARow';
  /** What a window without any answer counts as: Flagger takes it for a failed one. */
  readonly noData: 'failed' | 'ignored';
}

/** Flagger's documented example: success rate at least 99 % over 1 m, each minute, and a threshold of 5 failed checks. https://docs.flagger.app/usage/how-it-works */
export const flaggerAsDocumented: ThresholdOptions = { windowSeconds: 60, mostBad: 0.01, failures: 5, counts: 'inAll', noData: 'failed' };

/**
 * Argo Rollouts' documented example: success rate at least 95 % over 5 m, every 5 m, and a failureLimit of 3, of which the fourth fails.
 * https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
 */
export const argoAsDocumented: ThresholdOptions = { windowSeconds: 300, mostBad: 0.05, failures: 4, counts: 'inAll', noData: 'ignored' };

export function thresholdRule(name: string, options: ThresholdOptions): Rule {
  const { mostBad, failures, counts, noData } = options;
  return {
    name,
    begin: () => {
      const measure = createMeasure(options.windowSeconds);
      let failed = 0;
      return (block, index) => {
        const share = measure(block?.canary, index);
        if (share === undefined) return false;
        const isBad = share === 'noData' ? noData === 'failed' : share > mostBad;
        if (isBad) failed += 1;
        else if (counts === 'inARow') failed = 0;
        return failed >= failures;
      };
    },
  };
}

/** The canary's share of bad answers at the end of each window; undefined in between. */
export function createMeasure(windowSeconds: number): (answers: Answers | undefined, index: number) => number | 'noData' | undefined {
  const perWindow = windowSeconds / blockSeconds;
  let window: Answers = { all: 0, bad: 0 };
  return (answers, index) => {
    if (answers !== undefined) window = add(window, answers);
    if ((index + 1) % perWindow !== 0) return undefined;
    const share = window.all === 0 ? ('noData' as const) : window.bad / window.all;
    window = { all: 0, bad: 0 };
    return share;
  };
}
