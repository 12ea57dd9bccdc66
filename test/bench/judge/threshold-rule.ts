import { createMeasure, type Meter } from './meter.ts';
import type { Counted, Rule } from './rule.ts';
import { blocksPerStep, weights } from './world.ts';

/** A rule as Flagger and Argo Rollouts have them: so many measurements above a threshold in a whole rollout, or in a row. */
export interface ThresholdOptions {
  /** A measurement is taken so often, over as long. */
  readonly windowSeconds: number;
  /** The highest reading that is taken for good: a share of bad answers, or milliseconds. */
  readonly most: number;
  /** So many measurements above it end the rollout. */
  readonly failures: number;
  readonly counts: 'inAll' | 'inARow';
  /** What a window without any answer counts as: Flagger takes it for a failed one. */
  readonly noData: 'failed' | 'ignored';
}

/** How Flagger's documented example looks: over 1 m, each minute, and a threshold of 5 failed checks. https://docs.flagger.app/usage/how-it-works */
export const flaggersLooks = { windowSeconds: 60, failures: 5, counts: 'inAll', noData: 'failed' } as const;

/** Its success rate: at least 99 %. */
export const flaggerAsDocumented: ThresholdOptions = { ...flaggersLooks, most: 0.01 };

/** How Argo Rollouts' documented example looks: over 5 m, every 5 m, and a failureLimit of 3, of which the fourth fails. https://argo-rollouts.readthedocs.io/en/stable/features/analysis/ */
export const argosLooks = { windowSeconds: 300, failures: 4, counts: 'inAll', noData: 'ignored' } as const;

/** Its success rate: at least 95 %. */
export const argoAsDocumented: ThresholdOptions = { ...argosLooks, most: 0.05 };

export function thresholdRule<C extends Counted>(name: string, options: ThresholdOptions, meter: Meter<C>): Rule<C> {
  const { most, failures, counts, noData } = options;
  return {
    name,
    begin: () => {
      const measure = createMeasure(meter, options.windowSeconds);
      let failed = 0;
      return (block, index) => {
        const reading = measure(block?.canary, index);
        if (reading === undefined) return false;
        const isBad = reading === 'noData' ? noData === 'failed' : reading > most;
        if (isBad) failed += 1;
        else if (counts === 'inARow') failed = 0;
        return failed >= failures;
      };
    },
  };
}

/** The same rule, which is over when the canary gets everything: nothing is judged from there on. */
export function untilFullWeight<C extends Counted>(rule: Rule<C>): Rule<C> {
  return {
    name: rule.name,
    begin: (history) => {
      const judge = rule.begin(history);
      return (block, index) => index < weights.length * blocksPerStep && judge(block, index);
    },
  };
}
