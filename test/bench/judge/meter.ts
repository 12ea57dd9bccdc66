import { type Answers, add } from '../../../core/analysis/proportion/block.ts';
import type { Counted } from './rule.ts';
import { blockSeconds } from './world.ts';

/** What a rule of a peer reads of one side over a window: a share of bad answers, or a quantile of latency. */
export interface Meter<C extends Counted> {
  readonly nothing: C;
  add(one: C, other: C): C;
  read(window: C): number | 'noData';
}

export const shareOfBad: Meter<Answers> = {
  nothing: { all: 0, bad: 0 },
  add,
  read: ({ all, bad }) => (all === 0 ? 'noData' : bad / all),
};

/** One side's reading at the end of each window; undefined in between. */
export function createMeasure<C extends Counted>(
  meter: Meter<C>,
  windowSeconds: number,
): (counted: C | undefined, index: number) => number | 'noData' | undefined {
  const perWindow = windowSeconds / blockSeconds;
  let window = meter.nothing;
  return (counted, index) => {
    if (counted !== undefined) window = meter.add(window, counted);
    if ((index + 1) % perWindow !== 0) return undefined;
    const reading = meter.read(window);
    window = meter.nothing;
    return reading;
  };
}
