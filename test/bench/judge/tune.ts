import { judgeCourse, type Stakes } from './cost.ts';
import { kayentaAsPublished, kayentaRule } from './kayenta-rule.ts';
import { createMeasure, type Meter } from './meter.ts';
import type { Counted, Course, Rule } from './rule.ts';
import { type ThresholdOptions, thresholdRule } from './threshold-rule.ts';

/** Rollouts of one service that are over: healthy ones, and faulty ones of several sizes. */
export interface Past<C extends Counted> {
  readonly healthy: readonly Course<C>[];
  readonly faulty: readonly Faulty<C>[];
}

export interface Faulty<C extends Counted> {
  readonly stakes: Stakes;
  readonly course: Course<C>;
}

/** How many of the healthy ones a tuned rule may have rolled back. */
const mostFalseAborts = 0.01;

const shapes: readonly Omit<ThresholdOptions, 'most'>[] = [10, 60].flatMap((windowSeconds) =>
  [1, 2, 3, 5].flatMap((failures) =>
    (['inAll', 'inARow'] as const).map((counts) => ({ windowSeconds, failures, counts, noData: 'ignored' as const })),
  ),
);

/**
 * The best that an operator could make of each peer's rule for one service: for each shape of a rule (how long a window, how many failures, and where
 * there are several which reading) the lowest threshold that would have rolled back at most 1 % of that service's healthy rollouts, and of those the
 * one that would have cost least on faulty ones. Flagger and Argo Rollouts offer the same shapes, so they share this one.
 */
export function tunedThreshold<C extends Counted>(past: Past<C>, meters: readonly Meter<C>[]): Rule<C> {
  return cheapest(tunedShapes(past.healthy, meters), past.faulty);
}

export function tunedShapes<C extends Counted>(healthy: readonly Course<C>[], meters: readonly Meter<C>[]): Rule<C>[] {
  return meters.flatMap((meter) =>
    shapes.map((shape) => {
      const window = `${shape.failures} ${shape.counts === 'inAll' ? 'in all' : 'in a row'} of ${shape.windowSeconds} s`;
      return thresholdRule(`threshold tuned (${window})`, { ...shape, most: lowestThreshold(healthy, shape, meter) }, meter);
    }),
  );
}

/** Kayenta's rule with the least effect size that would have rolled back at most 1 % of the healthy rollouts. */
export function tunedKayenta<C extends Counted>({ healthy, faulty }: Past<C>, meters: readonly Meter<C>[]): Rule<C> {
  const ratios = [1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 6, 10, 20, 50, 100];
  const rules = ratios.flatMap((leastRatio) =>
    meters.map((meter) => kayentaRule(`Kayenta tuned (${leastRatio})`, { ...kayentaAsPublished, leastRatio }, meter)),
  );
  const most = Math.floor(healthy.length * mostFalseAborts);
  const nothing: Stakes = { requestsPerSecond: 0, worseBy: 0, worseFromStep: 0, steps: [] };
  const held = rules.filter((rule) => healthy.filter((course) => judgeCourse(rule, nothing, course).rolledBack).length <= most);
  return cheapest(held.length > 0 ? held : rules.slice(-1), faulty);
}

export function cheapest<C extends Counted>(rules: readonly Rule<C>[], faulty: readonly Faulty<C>[]): Rule<C> {
  const costs = rules.map((rule) => faulty.reduce((sum, { stakes, course }) => sum + judgeCourse(rule, stakes, course).cost, 0));
  return rules[costs.indexOf(Math.min(...costs))] as Rule<C>;
}

type Shape = Omit<ThresholdOptions, 'most'>;

function lowestThreshold<C extends Counted>(healthy: readonly Course<C>[], shape: Shape, meter: Meter<C>): number {
  const levels = healthy.map((course) => abortLevel(course, shape, meter)).sort((one, other) => other - one);
  return levels[Math.floor(healthy.length * mostFalseAborts)] ?? 0;
}

/** The lowest threshold at which a course is not rolled back. */
function abortLevel<C extends Counted>(course: Course<C>, { windowSeconds, failures, counts }: Shape, meter: Meter<C>): number {
  const measure = createMeasure(meter, windowSeconds);
  const readings = course.blocks.map((block, index) => measure(block?.canary, index)).filter((reading) => typeof reading === 'number');
  if (counts === 'inAll') return readings.sort((one, other) => other - one)[failures - 1] ?? 0;
  return readings.reduce((highest, _, index) => {
    const row = readings.slice(index, index + failures);
    return row.length < failures ? highest : Math.max(highest, Math.min(...row));
  }, 0);
}
