import type { Budget } from '../../spec/budget-spec.ts';
import { type Answers, add, type Block, badShareOf, sumOf } from './block.ts';
import type { Comparison, Cost } from './comparison.ts';
import { costOf } from './cost.ts';
import { excessInterval } from './interval.ts';
import { allowedShare, type Margin, marginAlone } from './margin.ts';
import type { ProportionQuestion, ProportionState } from './question.ts';
import { requestsNeeded } from './requests-needed.ts';

export interface Margins {
  /** Where the canary is judged alone. */
  readonly alone: Margin;
  /** By what the newest block is weighed. */
  readonly now: Margin;
}

export function marginsOf(question: ProportionQuestion, { blocks }: ProportionState, dispersion: number): Margins {
  const { margin, allowedAlone } = question;
  const alone =
    allowedAlone === undefined ? marginAlone(mostOf(worstStretch(blocks), dispersion), margin) : { ratio: 0, excess: allowedAlone };
  const last = blocks.at(-1);
  return { alone, now: last !== undefined && isAloneIn(question, last) ? alone : margin };
}

/** Whether nothing of stable answered beside the canary in a block, or nothing that it is compared with. */
export function isAloneIn({ isAlone }: ProportionQuestion, { stable }: Block): boolean {
  return isAlone || stable.all === 0;
}
/** The figures of a verdict. @param now The margin that the newest block is weighed by. */
export function compare(question: ProportionQuestion, state: ProportionState, now: Margin, dispersion: number): Comparison {
  const { blocks, weight, windowSeconds } = state;
  const { margin, falseAlarmLevel, isAlone } = question;
  const { canary, stable: counted } = sumOf(blocks);
  const stable = isAlone ? { all: 0, bad: 0 } : counted;
  const needed = requestsNeeded({
    stableShare: badShareOf(stable),
    weight,
    margin,
    alone: now.ratio === 0 ? now : undefined,
    falseAlarmLevel,
    dispersion,
  });
  const compared: Comparison = {
    canary,
    stable,
    allowedShare: allowedShare(badShareOf(stable), now),
    ...(stable.all === 0 ? {} : { excess: excessInterval(blocks, { level: 0.05, dispersion }) }),
    dispersion,
    ...(Number.isFinite(needed) ? { requestsStillNeeded: Math.max(0, needed - canary.all) } : {}),
    windowSeconds,
  };
  return question.budget === undefined ? compared : { ...compared, cost: costUntilNow(question, state, compared.excess, question.budget) };
}

function costUntilNow(
  { isAlone, allowedAlone }: ProportionQuestion,
  { blocks, mirrored, stepIndex, weight, windowSeconds, lagSeconds, next }: ProportionState,
  excess: Comparison['excess'],
  budget: Budget,
): Cost {
  const requests = blocks.reduce((sum, block) => sum + block.stable.all + (mirrored.has(block.stepIndex) ? 0 : block.canary.all), 0);
  const requestsPerSecond = windowSeconds === 0 ? 0 : requests / windowSeconds;
  const usersWeight = mirrored.has(stepIndex) ? 0 : weight;
  return costOf(blocks, { budget, isAlone, allowedAlone, weight: usersWeight, mirrored, lagSeconds, next, excess, requestsPerSecond });
}

/** So long a stretch, as a part of all blocks, in which stable fared worst: what it has done once it may do again. */
const stretch = 0.2;
const leastBlocks = 3;

/** From one stretch to the next, one block comes in and one goes out. */
function worstStretch(blocks: readonly Block[]): Answers {
  const beside = blocks.flatMap(({ stable }) => (stable.all > 0 ? [stable] : []));
  const length = Math.max(leastBlocks, Math.ceil(beside.length * stretch));
  let one = beside.slice(0, length).reduce(add, { all: 0, bad: 0 });
  let worst = one;
  for (const [index, entering] of beside.slice(length).entries()) {
    const { all, bad } = add(one, entering);
    const leaving = beside[index] ?? { all: 0, bad: 0 };
    one = { all: all - leaving.all, bad: bad - leaving.bad };
    if (badShareOf(one) > badShareOf(worst)) worst = one;
  }
  return worst;
}

/** Stable's share, two standard deviations higher than it was counted: it may have been low by luck. */
function mostOf(stable: Answers, dispersion: number): number {
  return (stable.bad + 2 * Math.sqrt(dispersion * (stable.bad + 1))) / stable.all;
}
