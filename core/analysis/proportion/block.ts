import * as z from 'zod/mini';
import { stored } from '../../rollout/stored.ts';

/** Answers of one side: all of them, and those that are bad (errors, or slower than an edge). */
export const answers = stored({ all: z.int(), bad: z.int() });
export type Answers = z.infer<typeof answers>;

/**
 * What both sides answered in one settled stretch of time, at one weight: counted, so that it changes no more. All that the judge of proportions
 * knows of the world are blocks.
 */
export const block = stored({ stepIndex: z.int(), canary: answers, stable: answers });
export type Block = z.infer<typeof block>;

export function sumOf(blocks: readonly Block[]): Pick<Block, 'canary' | 'stable'> {
  const none: Answers = { all: 0, bad: 0 };
  return blocks.reduce((sum, { canary, stable }) => ({ canary: add(sum.canary, canary), stable: add(sum.stable, stable) }), {
    canary: none,
    stable: none,
  });
}

export function add(one: Answers, other: Answers): Answers {
  return { all: one.all + other.all, bad: one.bad + other.bad };
}
