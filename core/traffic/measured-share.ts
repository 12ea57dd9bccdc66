import type { Split } from './split.ts';

/** How many requests were counted on each side since the weight was in force. */
export type SideCounts = Split;

/** `agrees` and `differs` are sure as far as `levels` says; `tooFew` requests say neither. */
export type ShareVerdict = 'agrees' | 'tooFew' | 'differs';

/**
 * How often the comparison may be wrong, however often it looks: both bounds hold over all looks at one count together.
 * - `differs`: a share as it should be is said to differ in at most 1 of 1,000 counts.
 * - `agrees`: a share that is off by a factor of 2 is said to agree in at most 1 of 20. Such a share is said to differ soon after.
 */
export const levels = { differs: 0.001, agrees: 0.05 } as const;

/**
 * A mesh draws for each request by itself, but requests are not quite independent all the same: a client's retries, one connection's requests
 * in a burst, proxies whose configuration is younger than others'. So each request counts for half (a design effect of 2, as Kish calls it):
 * the bounds above hold for requests that go to a side in clumps of two, and about so for clumps of random sizes with that effect.
 */
const designEffect = 2;

/** The share's odds may be off by so much before it counts as another share: sides are scraped at different moments. */
const tolerated = 1.25;
/** What "off by a factor" means: twice or half the odds. */
const wrong = 2;
/** Near full weight odds say little: so much of the traffic may still be seen on stable, and so much surely may not. */
const leftOnStable = { tolerated: 0.01, wrong: 0.05 } as const;

/** Alternatives to a share, as factors of its odds. No one needs to know how far off it is; mostly it is far off, as where a route is not obeyed at all. */
const factors = Array.from({ length: 16 }, (_, index) => 1.1 * (64 / 1.1) ** (index / 15));

/**
 * Compares the requests that were counted with the split that the routes say.
 *
 * For a share q at the edge of what is tolerated and an alternative p beyond it, the likelihood ratio of the counts, to the power of one over the
 * design effect, is a supermartingale as long as the true share is within the edge: it exceeds 1/α at any look with a probability of at most α
 * (Ville's inequality), and so does a mean over alternatives. Hence no correction for looking again and again. Sources: Wald, Sequential tests of
 * statistical hypotheses, 1945; Robbins, Statistical methods related to the law of the iterated logarithm, 1970; Ramdas et al., Game-theoretic
 * statistics and safe anytime-valid inference, 2023, https://arxiv.org/abs/2210.01948; Kish, Survey sampling, 1965, for the design effect.
 *
 * How many requests to both sides it takes (means of 600 simulated counts, requests drawn one by one):
 * | weight of 100 | agrees | differs, at twice the odds | differs, at half | differs, where the canary gets none |
 * |---|---|---|---|---|
 * | 1 | 4,000 | 11,500 | 31,000 | 2,200 |
 * | 10 | 440 | 1,400 | 3,100 | 210 |
 * | 50 | 160 | 800 | 800 | 30 |
 * | 100 | 130 | - | 460, with 5 % on stable | 10 |
 *
 * @example compareShare({ stable: 450, canary: 50 }, { stable: 90, canary: 10 }) // 'agrees'
 * @example compareShare({ stable: 400, canary: 0 }, { stable: 90, canary: 10 }) // 'differs'
 * @example compareShare({ stable: 40, canary: 2 }, { stable: 90, canary: 10 }) // 'tooFew'
 */
export function compareShare(counts: SideCounts, split: Split): ShareVerdict {
  const share = split.canary / (split.stable + split.canary);
  const most = timesOdds(share, tolerated);
  const least = Math.min(timesOdds(share, 1 / tolerated), 1 - leftOnStable.tolerated);
  const against = Math.max(
    evidence(factors.map((factor) => logRatio(counts, timesOdds(most, factor), most))),
    evidence(factors.map((factor) => logRatio(counts, timesOdds(least, 1 / factor), least))),
  );
  if (against >= 2 / levels.differs) return 'differs';
  const likely = Math.min(share, 1 - leftOnStable.tolerated / 2);
  const half = Math.min(timesOdds(share, 1 / wrong), 1 - leftOnStable.wrong);
  const double = timesOdds(share, wrong);
  const notHalf = evidence([logRatio(counts, likely, half)]);
  const notDouble = double === 1 ? Number.POSITIVE_INFINITY : evidence([logRatio(counts, likely, double)]);
  return Math.min(notHalf, notDouble) >= 1 / levels.agrees ? 'agrees' : 'tooFew';
}

/** The share whose odds are so many times those of another. @example timesOdds(0.1, 2) // 0.1818 */
function timesOdds(share: number, factor: number): number {
  return share === 1 ? 1 : (share * factor) / (1 - share + share * factor);
}

/** The logarithm of how much better one share explains the counts than another, at the design effect. No share explains more than the whole. */
function logRatio({ stable, canary }: SideCounts, share: number, than: number): number {
  if (than === 1) return Number.NEGATIVE_INFINITY;
  return (canary * Math.log(share / than) + stable * Math.log((1 - share) / (1 - than))) / designEffect;
}

function evidence(logRatios: readonly number[]): number {
  return logRatios.reduce((sum, each) => sum + Math.exp(each), 0) / logRatios.length;
}
