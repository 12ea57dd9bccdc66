import type { Block } from '../../../../core/analysis/proportion/block.ts';

/** A block, written as [canary's bad, canary's all, stable's bad, stable's all]. */
export function blockOf([canaryBad, canaryAll, stableBad, stableAll]: readonly [number, number, number, number], stepIndex = 0): Block {
  return { stepIndex, canary: { all: canaryAll, bad: canaryBad }, stable: { all: stableAll, bad: stableBad } };
}

/** So many blocks that are all the same. */
export function same(count: number, numbers: readonly [number, number, number, number], stepIndex = 0): Block[] {
  return Array.from({ length: count }, () => blockOf(numbers, stepIndex));
}
