import type { Block } from './block.ts';
import type { Margin } from './margin.ts';

const [leastFactor, mostFactor, factorCount] = [1.1, 64, 8];

/**
 * By what factor a canary may be worse than allowed, each as likely as the other: nobody has to say beforehand how bad is bad.
 *
 * Their logarithms grow by one factor: 1.1, 1.18, 1.32, 1.62, 2.28, 4.11, 11.3, 64. So whatever the canary's own factor is, the evidence of one of them grows
 * a tenth more slowly than at that factor itself, at most. With factors that grow by one factor themselves, those near 1 were too few, and changes near the margin
 * took half as many requests again. More of them gain nothing: the mean is over all.
 */
export const alternatives: readonly number[] = Array.from(
  { length: factorCount },
  (_, index) => leastFactor ** ((Math.log(mostFactor) / Math.log(leastFactor)) ** (index / (factorCount - 1))),
);

/**
 * How strongly one block speaks against a canary that is within its margin, as the logarithm of a factor, if it is `factor` times worse.
 *
 * With n and x the numbers of all and of bad answers, c the canary, s stable, ρ and δ the margin's ratio and excess, r = n_c / n_s:
 *
 *     a = λ(1 + rρ) / (1 + rλρ),  b = 1 − ρr(a − 1),  log e = x_c·ln a + x_s·ln b − δ(a − 1)·n_c
 *
 * For independent answers E[a^x] = (1 + p(a − 1))^n ≤ exp(np(a − 1)), and the same for b; hence E[e] ≤ exp(n_c(a − 1)(p_c − ρp_s − δ)) ≤ 1 wherever
 * p_c ≤ ρp_s + δ, whatever the shares are, and however they change from block to block as long as they change for both. So a product of blocks is a
 * supermartingale under the null, and exceeds 1/α ever at all with a probability of at most α (Ville, 1939). Factors below 1 speak against a canary
 * that is *not* better than the margin. Background: Ramdas, Grünwald, Vovk, Shafer, Game-theoretic statistics and safe anytime-valid inference, 2023,
 * https://arxiv.org/abs/2210.01948.
 *
 * A block without answers of stable says nothing, unless the ratio is 0: then the canary is judged alone.
 *
 * @example logEvidence({ stepIndex: 0, canary: { all: 100, bad: 5 }, stable: { all: 900, bad: 9 } }, { ratio: 1, excess: 0 }, 4)
 *   // r = 1/9, a = 4·(10/9)/(13/9) = 3.077, b = 0.7692: 5·1.1239 + 9·(−0.2624) = 3.258, so a factor of 26
 */
export function logEvidence(block: Block, { ratio, excess }: Margin, factor: number): number {
  const { atNoExcess, perExcess } = evidenceByExcess(block, ratio, factor);
  return atNoExcess + perExcess * excess;
}

/** The same for every excess that may be asked about: it enters evenly. */
export function evidenceByExcess(
  { canary, stable }: Block,
  ratio: number,
  factor: number,
): { readonly atNoExcess: number; readonly perExcess: number } {
  const weighted = ratio === 0 ? 0 : (ratio * canary.all) / stable.all;
  if (canary.all === 0 || weighted === Number.POSITIVE_INFINITY) return { atNoExcess: 0, perExcess: 0 };
  const better = (factor * (1 + weighted)) / (1 + weighted * factor);
  const atNoExcess = canary.bad * Math.log(better) + stable.bad * Math.log1p(-weighted * (better - 1));
  return { atNoExcess, perExcess: -(better - 1) * canary.all };
}

/** One block, weighed against a margin: for each alternative how strongly it speaks. */
export interface WeighedBlock {
  readonly stepIndex: number;
  readonly logs: readonly number[];
  /** Whether all of the canary's answers were bad, and there were some; undefined where there were none. */
  readonly allBad: boolean | undefined;
  /** Whether it is held against what stable did at other times: then a burst that stable would have suffered too looks like the canary's own. */
  readonly isAgainstPast: boolean;
}

/** @param options.factors The alternatives, or their inverses where it is weighed whether the canary is better than a margin. */
export function weigh(block: Block, margin: Margin, { factors = alternatives, isAgainstPast = false } = {}): WeighedBlock {
  const { stepIndex, canary } = block;
  return {
    stepIndex,
    logs: factors.map((factor) => logEvidence(block, margin, factor)),
    allBad: canary.all === 0 ? undefined : canary.bad === canary.all,
    isAgainstPast,
  };
}

export interface EvidenceOptions {
  /** By how much more the counts scatter than those of independent answers; 1 where they do not. See dispersion.ts. */
  readonly dispersion: number;
  /** Whether the block that speaks loudest counts no more than the second loudest, so that no single one can fail a canary. */
  readonly capsLoudest: boolean;
}

/**
 * The evidence of a whole rollout, a mean over the alternatives: fail at 1/α.
 *
 * Beside all blocks, those from the beginning of each later step on are weighed for themselves, so that a canary that turns bad late is not protected
 * by all that it did well before: half of the weight lies on the beginning, the other half on all later steps alike. A weighted mean of
 * supermartingales is one too, so all of it together keeps the one false-alarm level.
 *
 * @param stepCount How many steps the rollout has in all: those that have not begun count for nothing. With one step nothing begins anew.
 * @example No block at all: 1, which is no evidence either way, where there is one step.
 */
export function rolloutEvidence(blocks: readonly WeighedBlock[], stepCount: number, options: EvidenceOptions): number {
  const factors = blocks[0]?.logs.length ?? 1;
  const caps = options.capsLoudest && !isAllBad(blocks);
  const counted = caps ? withoutBursts(blocks) : blocks;
  let total = 0;
  for (let factor = 0; factor < factors; factor += 1) {
    total += evidenceOfFactor(counted, stepCount, factor, { ...options, capsLoudest: caps });
  }
  return total / factors;
}

/**
 * Of the blocks of a step that are held against the past, none speaks louder than the one in the middle. Nothing answers beside them, so what hit both
 * versions is not told from what the canary does itself, but by how long it lasts: a fault that stays is bad in most of them, a burst in few.
 */
function withoutBursts(blocks: readonly WeighedBlock[]): readonly WeighedBlock[] {
  if (!blocks.some(({ isAgainstPast }) => isAgainstPast)) return blocks;
  const middles = new Map<number, readonly number[]>();
  return blocks.map((block) => {
    if (!block.isAgainstPast) return block;
    const { stepIndex, logs } = block;
    const middle = middles.get(stepIndex) ?? middleOf(blocks.filter((each) => each.isAgainstPast && each.stepIndex === stepIndex));
    middles.set(stepIndex, middle);
    return { ...block, logs: logs.map((log, factor) => Math.min(log, middle[factor] ?? log)) };
  });
}

/** As many blocks as that are reckoned with from the beginning, those to come as silent ones: a burst at the beginning of a step is one too. */
export const leastOfMiddle = 10;

/** Of an even number the lower one. */
function middleOf(blocks: readonly WeighedBlock[]): readonly number[] {
  const factors = blocks[0]?.logs.length ?? 0;
  const silent = Array.from({ length: Math.max(0, leastOfMiddle - blocks.length) }, () => 0);
  return Array.from({ length: factors }, (_, factor) => {
    const sorted = [...blocks.map(({ logs }) => logs[factor] ?? 0), ...silent].sort((one, other) => one - other);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  });
}

/** From the last block to the first, so that the sum from each step on comes by on the way to the whole. */
function evidenceOfFactor(blocks: readonly WeighedBlock[], stepCount: number, factor: number, options: EvidenceOptions): number {
  const { dispersion, capsLoudest } = options;
  let sum = 0;
  let loudest = 0;
  let second = 0;
  let later = 0;
  const present = () => Math.exp((sum - (capsLoudest ? loudest - second : 0)) / dispersion);
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    const log = blocks[index]?.logs[factor] ?? 0;
    sum += log;
    if (log > loudest) [loudest, second] = [log, loudest];
    else if (log > second) second = log;
    if (index > 0 && blocks[index - 1]?.stepIndex !== blocks[index]?.stepIndex) later += present();
  }
  return stepCount <= 1 ? present() : 0.5 * present() + (0.5 / (stepCount - 1)) * later;
}

/** So many blocks in a row whose answers are all bad are no blip. */
export const failFastBlocks = 3;

/** Whether all of the canary's answers have been bad for several blocks in a row: then the loudest is as loud as it is. */
function isAllBad(blocks: readonly WeighedBlock[]): boolean {
  let row = 0;
  for (let index = blocks.length - 1; index >= 0 && row < failFastBlocks; index -= 1) {
    const allBad = blocks[index]?.allBad;
    if (allBad === false) return false;
    if (allBad) row += 1;
  }
  return row === failFastBlocks;
}

/** Which block speaks loudest, if the canary is some four times worse than allowed; undefined where none speaks against it. */
export function loudestOf(blocks: readonly Block[], margin: Margin): number | undefined {
  let loudest = 0;
  let found: number | undefined;
  for (const [index, block] of blocks.entries()) {
    const log = logEvidence(block, margin, 4);
    if (log <= loudest) continue;
    loudest = log;
    found = index;
  }
  return found;
}
