import type { Block } from './block.ts';
import { alternatives, evidenceByExcess } from './evidence.ts';

/** By how much the canary's share of bad answers exceeds stable's, in parts of 1: below 0 where it is better. */
export interface ExcessInterval {
  readonly low: number;
  readonly high: number;
}

const better = alternatives.map((factor) => 1 / factor);
/** So often an end is halved: to 2^-30 of the whole range. */
const halvings = 30;

/**
 * Between what bounds the canary's excess over stable lies, at any time and however often it is asked for: those excesses that the evidence does not
 * refute, from below or from above. Each side errs at half of the level.
 *
 * @param level For example 0.05, for an interval of 95 %.
 * @example No blocks at all: from −1 to 1, which is everything.
 */
export function excessInterval(
  blocks: readonly Block[],
  { level, dispersion }: { readonly level: number; readonly dispersion: number },
): ExcessInterval {
  const worse = linesOf(blocks, alternatives, dispersion);
  const lower = linesOf(blocks, better, dispersion);
  const enough = 2 / level;
  return {
    low: lastWhere((excess) => evidenceAt(worse, excess) >= enough),
    high: -lastWhere((excess) => evidenceAt(lower, -excess) >= enough),
  };
}

/** The evidence's logarithm for one alternative, all blocks together: a straight line over the excess that is to be refuted. */
type Line = ReturnType<typeof evidenceByExcess>;

function linesOf(blocks: readonly Block[], factors: readonly number[], dispersion: number): Line[] {
  return factors.map((factor) => {
    let [atNoExcess, perExcess] = [0, 0];
    for (const block of blocks) {
      const line = evidenceByExcess(block, 1, factor);
      atNoExcess += line.atNoExcess;
      perExcess += line.perExcess;
    }
    return { atNoExcess: atNoExcess / dispersion, perExcess: perExcess / dispersion };
  });
}

function evidenceAt(lines: readonly Line[], excess: number): number {
  return lines.reduce((sum, { atNoExcess, perExcess }) => sum + Math.exp(atNoExcess + perExcess * excess), 0) / lines.length;
}

/** The end of a stretch from −1 on in which something holds, at most 1. */
function lastWhere(holds: (x: number) => boolean): number {
  if (!holds(-1)) return -1;
  let [low, high] = [-1, 1];
  for (let round = 0; round < halvings; round += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
