import type { Counted, Course, Rule } from './rule.ts';

/** How one rollout ended under one rule. */
export interface Outcome {
  readonly rolledBack: boolean;
  /** How many answers of the canary had been counted by then. */
  readonly canaryAnswers: number;
  readonly blocks: number;
  /** Bad answers above what stable would have given, until everything is back on stable, or until somebody notices. */
  readonly cost: number;
}

/** What a version costs while it has traffic. */
export interface Stakes {
  readonly requestsPerSecond: number;
  /** By how many points, as a share, the new version is worse. */
  readonly worseBy: number;
  /** From the beginning of this step on: 0, or later for a fault that comes late. */
  readonly worseFromStep: number;
  /** The canary's share of the requests, step by step. */
  readonly steps: readonly number[];
}

/** A version that was let through is found out by people, so long after it got everything. */
const noticedSeconds = 600;

export function judgeCourses<C extends Counted>(rule: Rule<C>, stakes: Stakes, courses: readonly Course<C>[]): Outcome[] {
  return courses.map((course) => judgeCourse(rule, stakes, course));
}

export function judgeCourse<C extends Counted>(rule: Rule<C>, stakes: Stakes, course: Course<C>): Outcome {
  const judge = rule.begin(course.history);
  let canaryAnswers = 0;
  let cost = 0;
  for (const [index, block] of course.blocks.entries()) {
    if (block !== undefined) {
      canaryAnswers += block.canary.all;
      if (block.stepIndex >= stakes.worseFromStep) cost += block.canary.all * stakes.worseBy;
    }
    if (judge(block, index)) return { rolledBack: true, canaryAnswers, blocks: index + 1, cost };
  }
  const after = stakes.requestsPerSecond * noticedSeconds * stakes.worseBy;
  return {
    rolledBack: false,
    canaryAnswers,
    blocks: course.blocks.length,
    cost: stakes.worseFromStep < stakes.steps.length ? cost + after : cost,
  };
}
