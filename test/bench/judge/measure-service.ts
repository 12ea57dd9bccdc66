import { type Answers, add } from '../../../core/analysis/proportion/block.ts';
import { priorDispersion } from '../../../core/analysis/proportion/dispersion.ts';
import { informationBound } from '../../../core/analysis/proportion/information-bound.ts';
import type { Margin } from '../../../core/analysis/proportion/margin.ts';
import { expectedDispersion, requestsEnough, smallestSeen } from '../../../core/analysis/proportion/requests-needed.ts';
import { seededRandom } from '../../seeded-random.ts';
import { judgeCourses, type Outcome } from './cost.ts';
import { createDraw, type Draw } from './draw.ts';
import { kayentaAsPublished, kayentaRule } from './kayenta-rule.ts';
import { shareOfBad } from './meter.ts';
import { ownRule, plainRule, unstartedRule } from './own-rule.ts';
import { type Counted, type Course, named, type Rule } from './rule.ts';
import { argoAsDocumented, flaggerAsDocumented, thresholdRule } from './threshold-rule.ts';
import { cheapest, type Past, tunedKayenta, tunedShapes, tunedThreshold } from './tune.ts';
import { blockSeconds, blocksPerStep, drawCourse, type Noise, type World, weights } from './world.ts';

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
  /** How many times what any test needs they took, where there is a bound. */
  readonly timesBound?: number;
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

export function worldOf(service: Service, change: Change, margin: Margin): World {
  const late = change === 'late +5 points';
  const worseBy = {
    healthy: 0,
    'twice the margin': smallestSeen(service.usualShare, margin) - service.usualShare,
    '+0.5 points': 0.005,
    '+1 point': 0.01,
    '+5 points': 0.05,
    'late +5 points': 0.05,
  }[change];
  const worseFromStep = late ? lateStep : 0;
  return { ...service, steps: weights, worseBy, worseFromStep, ...(change === 'twice the margin' ? { worseByTwice: margin } : {}) };
}

/** All cells of one service: each rollout is drawn once, and judged by every rule. */
export function measureService(service: Service, settings: Settings): Cell[] {
  const { runs, margin } = settings;
  const past = pastOf(service, settings);
  const rules = rulesOf(service, settings, past);
  return changes.map((change): Cell => {
    const world = worldOf(service, change, margin);
    const courses = drawCourses(world, runs, settings.seed, change);
    const faulty = courses.map((course) => ({ stakes: world, course }));
    const withHindsight =
      world.worseBy === 0 ? [] : [named(cheapest(tunedShapes(past.healthy, [shareOfBad]), faulty), 'threshold, with hindsight')];
    const bounds = world.worseBy === 0 || world.worseFromStep > 0 ? undefined : boundsOf(world, settings);
    return {
      ...service,
      change,
      worseBy: world.worseBy,
      runs,
      bound: bounds?.[0],
      seen: missedOf(courses, world, settings),
      rules: [...rules, ...withHindsight].map((rule) => {
        const outcomes = judgeCourses(rule, world, courses);
        return { ...figuresOf(rule, outcomes), ...(bounds === undefined ? {} : { timesBound: timesBoundOf(courses, outcomes, bounds) }) };
      }),
    };
  });
}

function pastOf(service: Service, { margin, seed }: Settings): Past<Answers> {
  return {
    healthy: drawCourses(worldOf(service, 'healthy', margin), pastRollouts.healthy, seed, 'past'),
    faulty: (['+0.5 points', '+1 point', '+5 points'] as const).flatMap((change) => {
      const stakes = worldOf(service, change, margin);
      return drawCourses(stakes, pastRollouts.faulty, seed, 'past').map((course) => ({ stakes, course }));
    }),
  };
}

function rulesOf(service: Service, settings: Settings, past: ReturnType<typeof pastOf>): Rule[] {
  return [
    ownRule('Sluice', { ...settings, steps: weights }),
    plainRule('Sluice, plain', settings),
    ...(service.noise === 'iid' ? [unstartedRule('Sluice, without restarts', settings)] : []),
    thresholdRule('Flagger as documented', flaggerAsDocumented, shareOfBad),
    thresholdRule('Argo Rollouts as documented', argoAsDocumented, shareOfBad),
    kayentaRule('Kayenta as published', kayentaAsPublished, shareOfBad),
    named(tunedThreshold(past, [shareOfBad]), 'threshold, tuned'),
    named(tunedKayenta(past, [shareOfBad]), 'Kayenta, tuned'),
  ];
}

export function drawCourses(world: World, count: number, seed: number, purpose: string): Course[] {
  const { requestsPerSecond, usualShare, noise, worseBy, worseFromStep } = world;
  return manyCourses((draw) => drawCourse(world, draw), count, [
    seed,
    requestsPerSecond,
    usualShare,
    noise,
    worseBy,
    worseFromStep,
    purpose,
  ]);
}

/** So many rollouts, each drawn from numbers of its own, which are the same for the same name. */
export function manyCourses<C extends Counted>(drawOne: (draw: Draw) => Course<C>, count: number, name: readonly unknown[]): Course<C>[] {
  const first = hash(name.join(' '));
  return Array.from({ length: count }, (_, run) => drawOne(createDraw(seededRandom(first + run * 0x9e3779b9))));
}

/** FNV-1a. */
function hash(text: string): number {
  return [...text].reduce((value, letter) => Math.imul(value ^ letter.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5);
}

/** At the weight of each step. Stable's share may be another one at each of them, for all that the judge assumes, so what one step says adds to the others. */
function boundsOf({ usualShare, worseBy, steps }: World, { margin, falseAlarmLevel }: Settings): number[] {
  return steps.map((weight) =>
    informationBound({ stableShare: usualShare, canaryShare: usualShare + worseBy, weight, margin, falseAlarmLevel }),
  );
}

/**
 * The canary's answers until the rollback, each step's as a part of the bound at its weight: 1 were as few as can be, on average. The last two blocks
 * are taken off: a block's end is waited for, and the loudest block counts no more than the second loudest.
 */
function timesBoundOf(courses: readonly Course[], outcomes: readonly Outcome[], bounds: readonly number[]): number {
  const used = outcomes.flatMap(({ rolledBack, blocks }, index) => {
    const counted = courses[index]?.blocks.slice(0, Math.max(0, blocks - 2)) ?? [];
    return rolledBack ? [counted.reduce((sum, block) => sum + partOfBound(block, bounds), 0)] : [];
  });
  return meanOf(used);
}

function partOfBound(block: Course['blocks'][number], bounds: readonly number[]): number {
  return block === undefined ? 0 : block.canary.all / (bounds[block.stepIndex] ?? Number.NaN);
}

function missedOf(courses: readonly Course[], world: World, settings: Settings): Cell['seen'] {
  if (world.worseBy === 0) return { runs: 0, missed: 0 };
  const rule = ownRule('Sluice', { ...settings, steps: weights });
  const enough = courses.filter((course) => hasRequestsEnough(course, world, settings));
  return { runs: enough.length, missed: judgeCourses(rule, world, enough).filter(({ rolledBack }) => !rolledBack).length };
}

function hasRequestsEnough(
  { history }: Course,
  { requestsPerSecond, worseFromStep }: World,
  { margin, falseAlarmLevel }: Settings,
): boolean {
  const stable = history.reduce(add);
  const dispersion = expectedDispersion(priorDispersion(history), stable);
  return weights.some((weight, stepIndex) => {
    const requests = requestsPerSecond * weight * blockSeconds * blocksPerStep;
    const step = { stableShare: stable.all === 0 ? 0 : stable.bad / stable.all, weight, margin, falseAlarmLevel, dispersion };
    return stepIndex >= worseFromStep && requests >= requestsEnough(step);
  });
}

export function figuresOf({ name }: Pick<Rule, 'name'>, outcomes: readonly Outcome[]): RuleFigures {
  const rolledBack = outcomes.filter((outcome) => outcome.rolledBack);
  return {
    rule: name,
    rolledBack: rolledBack.length,
    meanCost: meanOf(outcomes.map(({ cost }) => cost)),
    meanCanaryAnswers: meanOf(rolledBack.map(({ canaryAnswers }) => canaryAnswers)),
    meanBlocks: meanOf(rolledBack.map(({ blocks }) => blocks)),
  };
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
