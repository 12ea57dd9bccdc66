import { formatDuration } from '../../spec/duration.ts';
import type { Verdict } from '../verdict.ts';
import { type Answers, type Block, sumOf } from './block.ts';
import type { Comparison } from './comparison.ts';
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
  /** The share of bad answers that the service may have, whatever stable has: what the canary is judged by where nothing of stable answers beside it. */
  readonly allowedAlone?: number | undefined;
  /** Whether stable is no baseline at all. */
  readonly isAlone: boolean;
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
  /** Since when answers have been counted. */
  readonly windowSeconds: number;
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
 *
 * Where nothing of stable answers beside it, the canary is judged alone, one sample against a fixed share: the service's own objective where the
 * spec states one, else what stable's share was, with more room (`marginAlone`).
 */
export function judgeProportion(question: ProportionQuestion, state: ProportionState): Verdict {
  const { name, falseAlarmLevel } = question;
  const { blocks, stepCount } = state;
  const { canary, stable } = sumOf(blocks);
  const uncounted = whyUncounted(question, canary, stable);
  if (uncounted !== undefined) return { name, verdict: 'inconclusive', reason: uncounted };
  const dispersion = dispersionOf(blocks, question.margin, state.prior);
  const margins = marginsOf(question, state, dispersion);
  const weighed = blocks.map((block) => weigh(block, isAloneIn(question, block) ? margins.alone : question.margin));
  const evidence = Math.min(mostEvidence, rolloutEvidence(weighed, stepCount, { dispersion, capsLoudest: true }));
  const enough = 1 / falseAlarmLevel;
  const compared = compare(question, state, margins.now, dispersion);
  const facts = { name, value: shareOf(canary), evidence, enough, comparison: compared };
  const counted = showCounted(question, compared);
  const weighs = `Evidence ${showEvidence(evidence)} of the ${showCount(enough)} that fail it`;
  if (evidence >= enough) {
    const level = `(false-alarm level ${showShare(falseAlarmLevel)})`;
    return { ...facts, verdict: 'fail', reason: `${counted} ${weighs} ${level}.` };
  }
  const wanting = whatIsWanting(question, state);
  if (wanting !== undefined) return { ...facts, verdict: 'inconclusive', reason: wanting };
  const { requestsStillNeeded: lacks = 0 } = compared;
  const sees = lacks > 0 ? ` To see twice that margin it needs some ${showCount(lacks)} requests more.` : '';
  return { ...facts, verdict: 'pass', reason: `${counted} ${weighs}.${sees}` };
}

interface Margins {
  /** Where the canary is judged alone. */
  readonly alone: Margin;
  /** By what the newest block is weighed. */
  readonly now: Margin;
}

function marginsOf(question: ProportionQuestion, { blocks }: ProportionState, dispersion: number): Margins {
  const { margin, allowedAlone } = question;
  const alone =
    allowedAlone === undefined ? marginAlone(mostOf(sumOf(blocks).stable, dispersion), margin) : { ratio: 0, excess: allowedAlone };
  const last = blocks.at(-1);
  return { alone, now: last !== undefined && isAloneIn(question, last) ? alone : margin };
}

function isAloneIn({ isAlone }: ProportionQuestion, { stable }: Block): boolean {
  return isAlone || stable.all === 0;
}
function compare(
  question: ProportionQuestion,
  { blocks, weight, windowSeconds }: ProportionState,
  now: Margin,
  dispersion: number,
): Comparison {
  const { margin, falseAlarmLevel, isAlone } = question;
  const { canary, stable: counted } = sumOf(blocks);
  const stable = isAlone ? { all: 0, bad: 0 } : counted;
  const needed = requestsNeeded({
    stableShare: shareOf(stable),
    weight,
    margin,
    alone: now.ratio === 0 ? now : undefined,
    falseAlarmLevel,
    dispersion,
  });
  return {
    canary,
    stable,
    allowedShare: allowedShare(shareOf(stable), now),
    ...(stable.all === 0 ? {} : { excess: excessInterval(blocks, { level: 0.05, dispersion }) }),
    dispersion,
    ...(Number.isFinite(needed) ? { requestsStillNeeded: Math.max(0, needed - canary.all) } : {}),
    windowSeconds,
  };
}

/** All of the sentence that is counted, not concluded. An interval that leaves everything open is left out. */
function showCounted(
  { name, badMeans }: ProportionQuestion,
  { canary, stable, allowedShare: allowed, excess, windowSeconds }: Comparison,
): string {
  const beside = stable.all === 0 ? '' : `, ${showShare(shareOf(stable))} of stable's ${showCount(stable.all)}`;
  const counted =
    `${name}: ${showShare(shareOf(canary))} of the canary's ${showCount(canary.all)} requests ${badMeans}${beside} ` +
    `in ${formatDuration(windowSeconds)}; ${showShare(allowed)} is allowed.`;
  if (excess === undefined || excess.low <= -1 || excess.high >= 1) return counted;
  return `${counted} The canary's share exceeds stable's by ${showShare(excess.low)} to ${showShare(excess.high)} (95 %).`;
}

function whyUncounted({ name, isAlone, allowedAlone }: ProportionQuestion, canary: Answers, stable: Answers): string | undefined {
  if (canary.all === 0) return `${name} has no data: no request to the canary was counted yet.`;
  if (isAlone || allowedAlone !== undefined || stable.all > 0) return undefined;
  return `${name} has nothing to compare with: no request to stable was counted.`;
}

function whatIsWanting({ name, requests }: ProportionQuestion, { blocks, stepIndex, silentSeconds }: ProportionState): string | undefined {
  if (silentSeconds > silentAfterSeconds) return `${name} has no data: the canary has answered nothing for ${Math.round(silentSeconds)} s.`;
  const { canary } = sumOf(blocks.filter((block) => block.stepIndex === stepIndex));
  if (canary.all >= requests) return undefined;
  return `${name} has too little traffic: ${showCount(canary.all)} of the ${showCount(requests)} requests that this step needs. A higher weight brings more; \`requests\` in the spec asks for fewer.`;
}

function shareOf({ all, bad }: Answers): number {
  return all === 0 ? 0 : bad / all;
}

/** Stable's share, two standard deviations higher than it was counted: it may have been low by luck. */
function mostOf(stable: Answers, dispersion: number): number {
  return (stable.bad + 2 * Math.sqrt(dispersion * (stable.bad + 1))) / stable.all;
}
