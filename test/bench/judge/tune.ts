import { judgeCourse } from './cost.ts';
import { kayentaAsPublished, kayentaRule } from './kayenta-rule.ts';
import type { Rule } from './rule.ts';
import { createMeasure, type ThresholdOptions, thresholdRule } from './threshold-rule.ts';
import type { Course, World } from './world.ts';

/** Rollouts of one service that are over: healthy ones, and faulty ones of several sizes. */
export interface Past {
  readonly healthy: readonly Course[];
  readonly faulty: readonly { readonly world: World; readonly course: Course }[];
}

/** How many of the healthy ones a tuned rule may have rolled back. */
const mostFalseAborts = 0.01;

const shapes: readonly Omit<ThresholdOptions, 'mostBad'>[] = [10, 60].flatMap((windowSeconds) =>
  [1, 2, 3, 5].flatMap((failures) =>
    (['inAll', 'inARow'] as const).map((counts) => ({ windowSeconds, failures, counts, noData: 'ignored' as const })),
  ),
);

/**
 * The best that an operator could make of each peer's rule for one service: for each shape of a rule (how long a window, how many failures) the lowest
 * threshold that would have rolled back at most 1 % of that service's healthy rollouts, and of those the one that would have cost least on faulty
 * ones. Flagger and Argo Rollouts offer the same shapes, so they share this one.
 */
export function tunedThreshold(past: Past): Rule {
  return cheapest(tunedShapes(past), past);
}

export function tunedShapes({ healthy }: Pick<Past, 'healthy'>): Rule[] {
  return shapes.map((shape) => {
    const window = `${shape.failures} ${shape.counts === 'inAll' ? 'in all' : 'in a row'} of ${shape.windowSeconds} s`;
    return thresholdRule(`threshold tuned (${window})`, { ...shape, mostBad: lowestThreshold(healthy, shape) });
  });
}

/** Kayenta's rule with the least effect size that would have rolled back at most 1 % of the healthy rollouts. */
export function tunedKayenta(past: Past): Rule {
  const ratios = [1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 6, 10, 20, 50, 100];
  const rules = ratios.map((leastRatio) => kayentaRule(`Kayenta tuned (${leastRatio})`, { ...kayentaAsPublished, leastRatio }));
  const most = Math.floor(past.healthy.length * mostFalseAborts);
  const healthyWorld: World = { requestsPerSecond: 0, usualShare: 0, worseBy: 0, worseFromStep: 0, noise: 'iid' };
  const held = rules.filter((rule) => past.healthy.filter((course) => judgeCourse(rule, healthyWorld, course).rolledBack).length <= most);
  return cheapest(held.length > 0 ? held : rules.slice(-1), past);
}

export function cheapest(rules: readonly Rule[], { faulty }: Pick<Past, 'faulty'>): Rule {
  const costs = rules.map((rule) => faulty.reduce((sum, { world, course }) => sum + judgeCourse(rule, world, course).cost, 0));
  return rules[costs.indexOf(Math.min(...costs))] as Rule;
}

function lowestThreshold(healthy: readonly Course[], shape: Omit<ThresholdOptions, 'mostBad'>): number {
  const levels = healthy.map((course) => abortLevel(course, shape)).sort((one, other) => other - one);
  return levels[Math.floor(healthy.length * mostFalseAborts)] ?? 0;
}

/** The lowest threshold at which a course is not rolled back. */
function abortLevel(course: Course, { windowSeconds, failures, counts }: Omit<ThresholdOptions, 'mostBad'>): number {
  const measure = createMeasure(windowSeconds);
  const shares = course.blocks.map((block, index) => measure(block?.canary, index)).filter((share) => typeof share === 'number');
  if (counts === 'inAll') return shares.sort((one, other) => other - one)[failures - 1] ?? 0;
  return shares.reduce((highest, _, index) => {
    const row = shares.slice(index, index + failures);
    return row.length < failures ? highest : Math.max(highest, Math.min(...row));
  }, 0);
}
