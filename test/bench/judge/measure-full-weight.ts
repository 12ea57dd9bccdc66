import { judgeCourses, type Outcome } from './cost.ts';
import { kayentaAsPublished, kayentaRule } from './kayenta-rule.ts';
import { drawCourses, meanOf, type Service, type Settings } from './measure-service.ts';
import { shareOfBad } from './meter.ts';
import { ownRule } from './own-rule.ts';
import { named, type Rule } from './rule.ts';
import { argoAsDocumented, flaggerAsDocumented, thresholdRule, untilFullWeight } from './threshold-rule.ts';
import { tunedThreshold } from './tune.ts';
import { blockSeconds, blocksPerStep, type World, weights, weightsToFull } from './world.ts';

/** Faults that begin only where the canary gets everything, for five minutes, and nothing of stable answers beside it. */
export const fullWeightChanges = ['healthy', '+1 point', '+5 points', '+20 points'] as const;
export type FullWeightChange = (typeof fullWeightChanges)[number];

export interface FullWeightFigures {
  readonly rule: string;
  /** Rolled back before full weight: always by mistake. */
  readonly before: number;
  /** Rolled back at full weight. */
  readonly at: number;
  /** From full weight to the rollback, of those that were rolled back there. */
  readonly meanSeconds: number;
}

export interface FullWeightCell extends Service {
  readonly change: FullWeightChange;
  readonly worseBy: number;
  readonly runs: number;
  readonly rules: readonly FullWeightFigures[];
}

const pastRollouts = { healthy: 200, faulty: 20 } as const;
const worseBys: Record<FullWeightChange, number> = { healthy: 0, '+1 point': 0.01, '+5 points': 0.05, '+20 points': 0.2 };
const blocksBefore = weights.length * blocksPerStep;

/**
 * Five steps and a last one at full weight. What the peers do there is what they document: Flagger promotes, by copying, and judges no more; Argo Rollouts'
 * background analysis goes on until the last step is over; Kayenta has no baseline to compare with. The tuned threshold goes on as Argo's.
 */
export function measureFullWeight(service: Service, settings: Settings): FullWeightCell[] {
  const { runs, seed } = settings;
  const healthy = drawCourses(worldOf(service, 'healthy'), pastRollouts.healthy, seed, 'past to full weight');
  const faulty = (['+1 point', '+5 points'] as const).flatMap((change) => {
    const stakes = worldOf(service, change);
    return drawCourses(stakes, pastRollouts.faulty, seed, 'past to full weight').map((course) => ({ stakes, course }));
  });
  const rules: Rule[] = [
    ownRule('Sluice', { ...settings, steps: weightsToFull }),
    untilFullWeight(thresholdRule('Flagger as documented', flaggerAsDocumented, shareOfBad)),
    thresholdRule('Argo Rollouts as documented', argoAsDocumented, shareOfBad),
    untilFullWeight(kayentaRule('Kayenta as published', kayentaAsPublished, shareOfBad)),
    named(tunedThreshold({ healthy, faulty }, [shareOfBad]), 'threshold, tuned'),
  ];
  return fullWeightChanges.map((change) => {
    const world = worldOf(service, change);
    const courses = drawCourses(world, runs, seed, `${change} at full weight`);
    return {
      ...service,
      change,
      worseBy: world.worseBy,
      runs,
      rules: rules.map((rule) => figuresOf(rule, judgeCourses(rule, world, courses))),
    };
  });
}

function worldOf(service: Service, change: FullWeightChange): World {
  return { ...service, steps: weightsToFull, worseBy: worseBys[change], worseFromStep: weights.length };
}

function figuresOf({ name }: Rule, outcomes: readonly Outcome[]): FullWeightFigures {
  const rolledBack = outcomes.filter((outcome) => outcome.rolledBack);
  const at = rolledBack.filter(({ blocks }) => blocks > blocksBefore);
  return {
    rule: name,
    before: rolledBack.length - at.length,
    at: at.length,
    meanSeconds: meanOf(at.map(({ blocks }) => (blocks - blocksBefore) * blockSeconds)),
  };
}
