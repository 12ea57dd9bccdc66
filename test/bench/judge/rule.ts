import type { Answers } from '../../../core/analysis/proportion/block.ts';

/** What was counted of one side: how many answers, and of what kind they were. */
export interface Counted {
  readonly all: number;
}

/** A block of the judge's (core/analysis/proportion/block.ts), whatever is counted of each side. */
export interface SidedBlock<C extends Counted = Answers> {
  readonly stepIndex: number;
  readonly canary: C;
  readonly stable: C;
}

/** One rollout as it would be counted, were it never stopped. */
export interface Course<C extends Counted = Answers> {
  /** Stable alone, before. */
  readonly history: readonly C[];
  /** A place for each block of the schedule; undefined where the scrape failed, so that the next one has counted it too. */
  readonly blocks: readonly (SidedBlock<C> | undefined)[];
}

/** Something that judges rollouts as they go on: Sluice's judge, or what a peer publishes. */
export interface Rule<C extends Counted = Answers> {
  readonly name: string;
  /** Begins to judge one rollout. What it returns is given each block in its turn, and says whether the rollout is to be rolled back. */
  begin(history: readonly C[]): (block: SidedBlock<C> | undefined, index: number) => boolean;
}

export function named<C extends Counted>(rule: Rule<C>, name: string): Rule<C> {
  return { ...rule, name };
}

/** The same rule, for what is counted otherwise. */
export function readingAs<C extends Counted, Other extends Counted>(rule: Rule<C>, read: (counted: Other) => C): Rule<Other> {
  return {
    name: rule.name,
    begin: (history) => {
      const judge = rule.begin(history.map(read));
      return (block, index) =>
        judge(
          block === undefined ? undefined : { stepIndex: block.stepIndex, canary: read(block.canary), stable: read(block.stable) },
          index,
        );
    },
  };
}
