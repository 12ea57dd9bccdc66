/** Answers of one side: all of them, and those that are bad (errors, or slower than an edge). */
export interface Answers {
  readonly all: number;
  readonly bad: number;
}

/**
 * What both sides answered in one settled stretch of time, at one weight: counted, so that it changes no more. All that the judge of proportions
 * knows of the world are blocks.
 */
export interface Block {
  readonly stepIndex: number;
  readonly canary: Answers;
  readonly stable: Answers;
}

export function sumOf(blocks: readonly Pick<Block, 'canary' | 'stable'>[]): Pick<Block, 'canary' | 'stable'> {
  const none: Answers = { all: 0, bad: 0 };
  return blocks.reduce((sum, { canary, stable }) => ({ canary: add(sum.canary, canary), stable: add(sum.stable, stable) }), {
    canary: none,
    stable: none,
  });
}

export function add(one: Answers, other: Answers): Answers {
  return { all: one.all + other.all, bad: one.bad + other.bad };
}

/** The share of bad answers, 0 where there are none at all. */
export function badShareOf({ all, bad }: Answers): number {
  return all === 0 ? 0 : bad / all;
}
