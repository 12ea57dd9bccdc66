import * as z from 'zod/mini';
import { add, type Block } from '../analysis/proportion/block.ts';
import type { PriorDispersion } from '../analysis/proportion/dispersion.ts';
import { stored } from './stored.ts';

/**
 * What was counted for one metric since the rollout began, kept with it: blocks as tuples, because a store's item is bounded, of the step's index and
 * all and bad answers of the canary and of stable.
 */
export const answerCount = stored({
  /** The step that the last block belongs to. */
  stepIndex: z.int(),
  /** Which of the series that may count answers do. */
  view: z.optional(z.string()),
  /** For how long was counted, all looks together. */
  countedMs: z.optional(z.number()),
  /** Answers up to here have been counted, or precede the count of this step. */
  countedUntilMs: z.optional(z.number()),
  /** When the canary was last seen to answer. */
  answeredAtMs: z.optional(z.number()),
  /** Of how many looks a block holds the answers, but for the last one of a step. */
  looksPerBlock: z.int(),
  /** Of how many looks the last block holds the answers. */
  looksInLast: z.int(),
  /** What stable has shown before the rollout of how bad answers come; absent until it was asked for. */
  prior: z.optional(stored({ dispersion: z.number(), weight: z.number() })),
  blocks: z.array(z.tuple([z.int(), z.int(), z.int(), z.int(), z.int()])),
});
export type AnswerCount = z.infer<typeof answerCount>;

export const noAnswers: AnswerCount = { stepIndex: -1, looksPerBlock: 1, looksInLast: 0, blocks: [] };

/** More are put together two by two: what is kept of a rollout stays below 4 KB a metric, however long it takes. */
const mostBlocks = 128;

/** What one look at the counters came to; `query` asked for the canary's bad answers, where somebody was asked. */
export type AnswerLook =
  /** The counters hold what was before the step's weight took effect: whatever they grow by from now on counts. */
  | { readonly status: 'begins'; readonly atMs: number; readonly view: string; readonly prior?: PriorDispersion }
  | { readonly status: 'counted'; readonly atMs: number; readonly block: Block; readonly query?: string }
  | { readonly status: 'nothing'; readonly why: string; readonly sourceDown: boolean };

/**
 * What is known after one more look. A step's count begins anew, and what was counted before stays: each block belongs to one step, so that the sides'
 * proportion is the same in all of it.
 */
export function followAnswers(count: AnswerCount, look: AnswerLook, stepIndex: number): AnswerCount {
  if (look.status === 'nothing') return count;
  if (look.status === 'begins') {
    const { view, atMs, prior } = look;
    return {
      ...count,
      stepIndex,
      view,
      countedUntilMs: atMs,
      answeredAtMs: atMs,
      looksInLast: 0,
      ...(prior === undefined ? {} : { prior }),
    };
  }
  const { atMs, block } = look;
  const countedMs = (count.countedMs ?? 0) + atMs - (count.countedUntilMs ?? atMs);
  const begun = { ...count, countedMs, countedUntilMs: atMs, ...(block.canary.all > 0 ? { answeredAtMs: atMs } : {}) };
  const last = count.blocks.at(-1);
  const joins = last !== undefined && last[0] === stepIndex && count.looksInLast > 0 && count.looksInLast < count.looksPerBlock;
  const blocks = joins ? [...count.blocks.slice(0, -1), tupleOf(join(blockOf(last), block))] : [...count.blocks, tupleOf(block)];
  return bounded({ ...begun, looksInLast: joins ? count.looksInLast + 1 : 1, blocks });
}

export function blocksOf({ blocks }: Pick<AnswerCount, 'blocks'>): Block[] {
  return blocks.map(blockOf);
}

function bounded(count: AnswerCount): AnswerCount {
  if (count.blocks.length <= mostBlocks) return count;
  const halved: AnswerCount['blocks'] = [];
  let open = false;
  for (const tuple of count.blocks) {
    const last = halved.at(-1);
    open = open && last !== undefined && last[0] === tuple[0];
    if (open && last !== undefined) halved[halved.length - 1] = tupleOf(join(blockOf(last), blockOf(tuple)));
    else halved.push(tuple);
    open = !open;
  }
  // Whether the last block is one of two or stands alone, as many looks as a block holds are not yet in it, or just are.
  const looksInLast = open ? count.looksInLast : Math.min(2 * count.looksPerBlock, count.looksPerBlock + count.looksInLast);
  return { ...count, looksPerBlock: 2 * count.looksPerBlock, looksInLast, blocks: halved };
}

function join(one: Block, other: Block): Block {
  return { ...one, canary: add(one.canary, other.canary), stable: add(one.stable, other.stable) };
}

type Tuple = AnswerCount['blocks'][number];

function tupleOf({ stepIndex, canary, stable }: Block): Tuple {
  return [stepIndex, canary.all, canary.bad, stable.all, stable.bad];
}

function blockOf([stepIndex, canaryAll, canaryBad, stableAll, stableBad]: Tuple): Block {
  return { stepIndex, canary: { all: canaryAll, bad: canaryBad }, stable: { all: stableAll, bad: stableBad } };
}
