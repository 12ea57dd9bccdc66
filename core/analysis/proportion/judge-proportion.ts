import type { Verdict } from '../verdict.ts';
import { type Answers, type Block, sumOf } from './block.ts';
import { dispersionOf, type PriorDispersion } from './dispersion.ts';
import { rolloutEvidence, weigh } from './evidence.ts';
import { excessInterval } from './interval.ts';
import { allowedShare, type Margin, marginAlone } from './margin.ts';
import { requestsNeeded } from './requests-needed.ts';
import { showCount, showEvidence, showShare } from './show.ts';

/** What a spec asks of one proportion: of requests that fail, or that take longer than an edge. */
export interface ProportionQuestion {
  readonly name: string;
  /** What a bad answer did: `failed`, `took longer than 200 ms`. */
  readonly badMeans: string;
  readonly margin: Margin;
  /** How often a canary within its margin may fail in a whole rollout, however long it is and however often it is judged. */
  readonly falseAlarmLevel: number;
  /** How many answers of the canary a step needs at least before it passes. */
  readonly requests: number;
}

/** What was counted so far, and where the rollout stands. */
export interface ProportionState {
  readonly blocks: readonly Block[];
  readonly prior: PriorDispersion;
  readonly stepIndex: number;
  readonly stepCount: number;
  /** The canary's share of the requests at this step, answered or copied. */
  readonly weight: number;
  /** For how long no answer of the canary has been counted. */
  readonly silentSeconds: number;
}

/** Little traffic has gaps; a canary that answers nothing for so long gets none (J4). */
const silentAfterSeconds = 60;

/** More evidence than that is told as that: an exponential of much traffic is soon above what a store can keep. */
const mostEvidence = 1e12;

/**
 * Judges one proportion by all that was counted since the rollout began, against what stable answered in the same blocks.
 *
 * `fail` where the evidence against the canary reaches 1 / falseAlarmLevel, which it does by mistake in at most that many rollouts. `inconclusive` where
 * this step has not answered enough requests, or none lately. `pass` otherwise: then nothing speaks against it, and the reason says how much more traffic
 * would show a change.
 */
export function judgeProportion(question: ProportionQuestion, state: ProportionState): Verdict {
  const { name, margin, falseAlarmLevel } = question;
  const { blocks, stepCount, weight } = state;
  const { canary, stable } = sumOf(blocks);
  const uncounted = whyUncounted(name, canary, stable);
  if (uncounted !== undefined) return { name, verdict: 'inconclusive', reason: uncounted };
  const dispersion = dispersionOf(blocks, margin, state.prior);
  const alone = marginAlone(mostOf(stable, dispersion), margin);
  const weighed = blocks.map((block) => weigh(block, block.stable.all === 0 ? alone : margin));
  const evidence = Math.min(mostEvidence, rolloutEvidence(weighed, stepCount, { dispersion, capsLoudest: true }));
  const enough = 1 / falseAlarmLevel;
  const facts = { name, value: shareOf(canary), evidence, enough };
  const [stableShare, allowed] = [shareOf(stable), allowedShare(shareOf(stable), margin)];
  const counted =
    `${name}: ${showShare(shareOf(canary))} of the canary's ${showCount(canary.all)} requests ${question.badMeans}, ` +
    `${showShare(stableShare)} of stable's ${showCount(stable.all)}; ${showShare(allowed)} is allowed.`;
  const weighs = `Evidence ${showEvidence(evidence)} of the ${showCount(enough)} that fail it`;
  if (evidence >= enough) {
    const level = `(false-alarm level ${showShare(falseAlarmLevel)})`;
    return { ...facts, verdict: 'fail', reason: `${counted}${showExcess(blocks, dispersion)} ${weighs} ${level}.` };
  }
  const wanting = whatIsWanting(question, state);
  if (wanting !== undefined) return { ...facts, verdict: 'inconclusive', reason: wanting };
  const needed = requestsNeeded({ stableShare, weight, margin, falseAlarmLevel, dispersion });
  const lacks = Number.isFinite(needed) && canary.all < needed;
  const sees = lacks ? ` To see twice that margin it needs some ${showCount(needed - canary.all)} requests more.` : '';
  return { ...facts, verdict: 'pass', reason: `${counted} ${weighs}.${sees}` };
}

function whyUncounted(name: string, canary: Answers, stable: Answers): string | undefined {
  if (canary.all === 0) return `${name} has no data: no request to the canary was counted yet.`;
  return stable.all === 0 ? `${name} has nothing to compare with: no request to stable was counted.` : undefined;
}

function whatIsWanting({ name, requests }: ProportionQuestion, { blocks, stepIndex, silentSeconds }: ProportionState): string | undefined {
  if (silentSeconds > silentAfterSeconds) return `${name} has no data: the canary has answered nothing for ${Math.round(silentSeconds)} s.`;
  const { canary } = sumOf(blocks.filter((block) => block.stepIndex === stepIndex));
  if (canary.all >= requests) return undefined;
  return `${name} has too little traffic: ${showCount(canary.all)} of the ${showCount(requests)} requests that this step needs. A higher weight brings more; \`requests\` in the spec asks for fewer.`;
}

/** Nothing where the interval does not say that the canary is worse: at full weight, where it is compared with what stable did before. */
function showExcess(blocks: readonly Block[], dispersion: number): string {
  const { low, high } = excessInterval(blocks, { level: 0.05, dispersion });
  return low > 0 ? ` So the canary exceeds stable by ${showShare(low)} to ${showShare(high)} (95 %).` : '';
}

function shareOf({ all, bad }: Answers): number {
  return all === 0 ? 0 : bad / all;
}

/** Stable's share, two standard deviations higher than it was counted: it may have been low by luck. */
function mostOf(stable: Answers, dispersion: number): number {
  return (stable.bad + 2 * Math.sqrt(dispersion * (stable.bad + 1))) / stable.all;
}
