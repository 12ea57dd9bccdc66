import { type Answers, sumOf } from '../analysis/proportion/block.ts';
import { wholeAnswers } from '../rollout/answer-look.ts';
import { answersBetween, hasPoints } from './growth.ts';
import type { ComparedSeries } from './recording-reader.ts';

/** What both sides answered in a stretch of a recording. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly canary: Answers;
  readonly stable: Answers;
}

/** When stretches begin and end: at moments of a replay at which something was recorded. */
export interface CourseTimes {
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyMs: number;
  readonly stepMs: number;
}

/**
 * All that was answered in a recording, one stretch after the other. Where nothing was recorded at its end, a stretch goes on until something was:
 * counters lose nothing meanwhile.
 */
export function courseOf({ canary, stable }: ComparedSeries, { fromMs, toMs, everyMs, stepMs }: CourseTimes): Stretch[] {
  const course: Stretch[] = [];
  let begunMs: number | undefined;
  const count = Math.floor((toMs - fromMs) / everyMs);
  for (let index = 0; index <= count; index += 1) {
    const atMs = fromMs + index * everyMs;
    if (!hasPoints([...canary.all, ...stable.all], atMs, stepMs)) continue;
    if (begunMs !== undefined) {
      const ofCanary = wholeAnswers(answersBetween(canary, begunMs, atMs, stepMs));
      const ofStable = wholeAnswers(answersBetween(stable, begunMs, atMs, stepMs));
      course.push({ fromMs: begunMs, toMs: atMs, canary: ofCanary, stable: ofStable });
    }
    begunMs = atMs;
  }
  return course;
}

/** Stretches put together, so that there are at most so many: a picture has room for no more. */
export function coarsen(course: readonly Stretch[], most: number): Stretch[] {
  const each = Math.max(1, Math.ceil(course.length / most));
  const parts = Array.from({ length: Math.ceil(course.length / each) }, (_, index) => course.slice(index * each, (index + 1) * each));
  return parts.flatMap((part) => {
    const [first, last] = [part[0], part.at(-1)];
    return first === undefined || last === undefined ? [] : [{ fromMs: first.fromMs, toMs: last.toMs, ...sumOf(part) }];
  });
}

/** What a canary cost its users. */
export interface Cost {
  readonly canary: Answers;
  readonly stable: Answers;
  /** How many of the canary's answers were bad that would not have been at stable's share; undefined where stable has answered nothing. */
  readonly aboveBaseline: number | undefined;
}

/**
 * The bad answers of the canary above baseline until a moment: canary.bad − stable.bad / stable.all · canary.all. Below 0 where it was better.
 *
 * @example Of 1,000 answers of the canary 60 are bad, of 9,000 of stable 90: 60 − 1 % of 1,000 = 50.
 */
export function costUntil(course: readonly Stretch[], atMs: number): Cost {
  const { canary, stable } = sumOf(course.filter(({ toMs }) => toMs <= atMs));
  return { canary, stable, aboveBaseline: stable.all === 0 ? undefined : canary.bad - (stable.bad / stable.all) * canary.all };
}
