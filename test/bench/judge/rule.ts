import type { Answers, Block } from '../../../core/analysis/proportion/block.ts';

/** Something that judges rollouts as they go on: Sluice's judge, or what a peer publishes. */
export interface Rule {
  readonly name: string;
  /** Begins to judge one rollout. What it returns is given each block in its turn, and says whether the rollout is to be rolled back. */
  begin(history: readonly Answers[]): (block: Block | undefined, index: number) => boolean;
}
