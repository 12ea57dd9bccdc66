import { add } from '../../../core/analysis/proportion/block.ts';
import { priorDispersion } from '../../../core/analysis/proportion/dispersion.ts';
import { informationBound } from '../../../core/analysis/proportion/information-bound.ts';
import type { Margin } from '../../../core/analysis/proportion/margin.ts';
import { expectedDispersion, requestsNeeded, smallestSeen } from '../../../core/analysis/proportion/requests-needed.ts';
import { seededRandom } from '../../seeded-random.ts';
import { judgeCourse, type Outcome } from './cost.ts';
import { createDraw } from './draw.ts';
import { kayentaAsPublished, kayentaRule } from './kayenta-rule.ts';
import { judgeAsShipped, ownRule } from './own-rule.ts';
import type { Rule } from './rule.ts';
import { argoAsDocumented, flaggerAsDocumented, thresholdRule } from './threshold-rule.ts';
import { cheapest, type Past, tunedKayenta, tunedShapes, tunedThreshold } from './tune.ts';
import { blockSeconds, blocksPerStep, type Course, drawCourse, type Noise, type World, weights } from './world.ts';

/** What all services share of one run of the bench. */
export interface Settings {
  readonly runs: number;
  readonly seed: number;
  readonly margin: Margin;
  readonly falseAlarmLevel: number;
}

/** A service: its traffic, its usual share of bad answers, and what disturbs it. */
export interface Service {
  readonly requestsPerSecond: number;
  readonly usualShare: number;
  readonly noise: Noise;
}

export const changes = ['healthy', 'twice the margin', '+0.5 points', '+1 point', '+5 points', 'late +5 points'] as const;
export type Change = (typeof changes)[number];

export interface RuleFigures {
  readonly rule: string;
  readonly rolledBack: number;
  readonly meanCost: number;
  /** Of those that were rolled back. */
  readonly meanCanaryAnswers: number;
  readonly meanBlocks: number;
}

export interface Cell extends Service {
  readonly change: Change;
  readonly worseBy: number;
  readonly runs: number;
  /** How many canary requests any test needs on average at the first step's weight; undefined for a healthy one and for a late fault. */
  readonly bound: number | undefined;
  /** Of the rollouts of which, by what stable did before, a step has as many requests as lint would ask for: how many there are, and how many Sluice let through. */
  readonly seen: { readonly runs: number; readonly missed: number };
  readonly rules: readonly RuleFigures[];
}

const lateStep = 3;
const pastRollouts = { healthy: 200, faulty: 20 } as const;

function worldOf(service: Service, change: Change, margin: Margin): World {
  const late = change === 'late +5 points';
  const worseBy = {
    healthy: 0,
    'twice the margin': smallestSeen(service.usualShare, margin) - service.usualShare,
    '+0.5 points': 0.005,
    '+1 point': 0.01,
    '+5 points': 0.05,
    'late +5 points': 0.05,
  }[change];
  return { ...service, worseBy, worseFromStep: late ? lateStep : 0, ...(change === 'twice the margin' ? { worseByTwice: margin } : {}) };
}

/** All cells of one service: each rollout is drawn once, and judged by every rule. */
export function measureService(service: Service, settings: Settings): Cell[] {
  const { runs, margin, falseAlarmLevel } = settings;
  const draws = coursesOf(service, settings.seed);
  const past: Past = {
    healthy: draws(worldOf(service, 'healthy', margin), pastRollouts.healthy, 'past'),
    faulty: (['+0.5 points', '+1 point', '+5 points'] as const).flatMap((change) => {
      const world = worldOf(service, change, margin);
      return draws(world, pastRollouts.faulty, 'past').map((course) => ({ world, course }));
    }),
  };
  const own = { margin, falseAlarmLevel };
  const rules: Rule[] = [
    ownRule('Sluice', { ...own, ...judgeAsShipped }),
    ownRule('Sluice, plain', { ...own, capsLoudest: false, restarts: false, dispersion: 'known' }),
    // What the restarts cost is seen where nothing else disturbs.
    ...(service.noise === 'iid' ? [ownRule('Sluice, without restarts', { ...own, ...judgeAsShipped, restarts: false })] : []),
    thresholdRule('Flagger as documented', flaggerAsDocumented),
    thresholdRule('Argo Rollouts as documented', argoAsDocumented),
    kayentaRule('Kayenta as published', kayentaAsPublished),
    named(tunedThreshold(past), 'threshold, tuned'),
    named(tunedKayenta(past), 'Kayenta, tuned'),
  ];
  return changes.map((change): Cell => {
    const world = worldOf(service, change, margin);
    const courses = draws(world, runs, change);
    const withHindsight =
      world.worseBy === 0
        ? []
        : [named(cheapest(tunedShapes(past), { faulty: courses.map((course) => ({ world, course })) }), 'threshold, with hindsight')];
    return {
      ...service,
      change,
      worseBy: world.worseBy,
      runs,
      bound: world.worseBy === 0 || world.worseFromStep > 0 ? undefined : boundOf(world, settings),
      seen: missedOf(courses, world, settings),
      rules: [...rules, ...withHindsight].map((rule) =>
        figuresOf(
          rule,
          courses.map((course) => judgeCourse(rule, world, course)),
        ),
      ),
    };
  });
}

function named(rule: Rule, name: string): Rule {
  return { ...rule, name };
}

function coursesOf({ requestsPerSecond, usualShare, noise }: Service, seed: number) {
  return (world: World, count: number, purpose: string): Course[] => {
    const first = hash(`${seed} ${requestsPerSecond} ${usualShare} ${noise} ${world.worseBy} ${world.worseFromStep} ${purpose}`);
    return Array.from({ length: count }, (_, run) => drawCourse(world, createDraw(seededRandom(first + run * 0x9e3779b9))));
  };
}

/** FNV-1a. */
function hash(text: string): number {
  return [...text].reduce((value, letter) => Math.imul(value ^ letter.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5);
}

function boundOf({ usualShare, worseBy }: World, { margin, falseAlarmLevel }: Settings): number {
  return informationBound({ stableShare: usualShare, canaryShare: usualShare + worseBy, weight: weights[0], margin, falseAlarmLevel });
}

function missedOf(courses: readonly Course[], world: World, settings: Settings): Cell['seen'] {
  if (world.worseBy === 0) return { runs: 0, missed: 0 };
  const rule = ownRule('Sluice', { ...settings, ...judgeAsShipped });
  const enough = courses.filter((course) => hasRequestsNeeded(course, world, settings));
  return { runs: enough.length, missed: enough.filter((course) => !judgeCourse(rule, world, course).rolledBack).length };
}

function hasRequestsNeeded(
  { history }: Course,
  { requestsPerSecond, worseFromStep }: World,
  { margin, falseAlarmLevel }: Settings,
): boolean {
  const stable = history.reduce(add);
  const dispersion = expectedDispersion(priorDispersion(history), stable);
  return weights.some((weight, stepIndex) => {
    const requests = requestsPerSecond * weight * blockSeconds * blocksPerStep;
    const step = { stableShare: stable.all === 0 ? 0 : stable.bad / stable.all, weight, margin, falseAlarmLevel, dispersion };
    return stepIndex >= worseFromStep && requests >= requestsNeeded(step);
  });
}

function figuresOf({ name }: Rule, outcomes: readonly Outcome[]): RuleFigures {
  const rolledBack = outcomes.filter((outcome) => outcome.rolledBack);
  return {
    rule: name,
    rolledBack: rolledBack.length,
    meanCost: meanOf(outcomes.map(({ cost }) => cost)),
    meanCanaryAnswers: meanOf(rolledBack.map(({ canaryAnswers }) => canaryAnswers)),
    meanBlocks: meanOf(rolledBack.map(({ blocks }) => blocks)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
