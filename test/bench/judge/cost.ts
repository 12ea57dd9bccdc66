import type { Rule } from './rule.ts';
import { type Course, type World, weights } from './world.ts';

/** How one rollout ended under one rule. */
export interface Outcome {
  readonly rolledBack: boolean;
  /** How many answers of the canary had been counted by then. */
  readonly canaryAnswers: number;
  readonly blocks: number;
  /** Bad answers above what stable would have given, until everything is back on stable, or until somebody notices. */
  readonly cost: number;
}

/** A version that was let through is found out by people, so long after it got everything. */
const noticedSeconds = 600;

export function judgeCourse(rule: Rule, world: World, course: Course): Outcome {
  const judge = rule.begin(course.history);
  let canaryAnswers = 0;
  let cost = 0;
  for (const [index, block] of course.blocks.entries()) {
    if (block !== undefined) {
      canaryAnswers += block.canary.all;
      if (block.stepIndex >= world.worseFromStep) cost += block.canary.all * world.worseBy;
    }
    if (judge(block, index)) return { rolledBack: true, canaryAnswers, blocks: index + 1, cost };
  }
  const after = world.requestsPerSecond * noticedSeconds * world.worseBy;
  return {
    rolledBack: false,
    canaryAnswers,
    blocks: course.blocks.length,
    cost: world.worseFromStep < weights.length ? cost + after : cost,
  };
}
