import { formatDuration } from '../../spec/duration.ts';
import { doubtsFrom } from '../doubt.ts';
import type { Verdict } from '../verdict.ts';
import { type Answers, badShareOf, sumOf } from './block.ts';
import { compare, isAloneIn, marginsOf } from './compare.ts';
import type { Comparison, Cost } from './comparison.ts';
import { dispersionOf } from './dispersion.ts';
import { rolloutEvidence, weigh } from './evidence.ts';
import type { ProportionQuestion, ProportionState } from './question.ts';
import { showCount, showEvidence, showShare } from './show.ts';

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
 * `fail` too where the rollout has a budget and has spent it: that is no finding about the version, so it does not count against the level.
 *
 * Where nothing of stable answers beside it, the canary is judged alone, one sample against a fixed share: the service's own objective where the
 * spec states one, else what stable's share was in its worst stretch, with more room (`marginAlone`) and without what a burst would look like.
 */
export function judgeProportion(question: ProportionQuestion, state: ProportionState): Verdict {
  const { name, falseAlarmLevel } = question;
  const { blocks, stepCount } = state;
  const { canary, stable } = sumOf(blocks);
  const uncounted = whyUncounted(question, canary, stable);
  if (uncounted !== undefined) return { name, verdict: 'inconclusive', reason: uncounted };
  const dispersion = dispersionOf(blocks, question.margin, state.prior);
  const margins = marginsOf(question, state, dispersion);
  const hasPast = !question.isAlone && question.allowedAlone === undefined;
  const weighed = blocks.map((block) =>
    isAloneIn(question, block) ? weigh(block, margins.alone, { isAgainstPast: hasPast }) : weigh(block, question.margin),
  );
  const evidence = Math.min(mostEvidence, rolloutEvidence(weighed, stepCount, { dispersion, capsLoudest: true }));
  const enough = 1 / falseAlarmLevel;
  const compared = compare(question, state, margins.now, dispersion);
  const facts = { name, value: badShareOf(canary), evidence, enough, comparison: compared };
  const counted = showCounted(question, compared);
  const weighs = `Evidence ${showEvidence(evidence)} of the ${showCount(enough)} that fail it`;
  if (evidence >= enough) {
    const level = `(false-alarm level ${showShare(falseAlarmLevel)})`;
    return { ...facts, verdict: 'fail', reason: `${counted} ${weighs} ${level}.` };
  }
  const overspent = whyOverspent(compared.cost, evidence);
  if (overspent !== undefined) return { ...facts, verdict: 'fail', reason: `${counted} ${overspent}` };
  const wanting = whatIsWanting(question, state);
  if (wanting !== undefined) return { ...facts, verdict: 'inconclusive', reason: wanting };
  const { requestsStillNeeded: lacks = 0 } = compared;
  const sees = lacks > 0 ? ` To see twice that margin it needs some ${showCount(lacks)} requests more.` : '';
  return { ...facts, verdict: 'pass', reason: `${counted} ${weighs}.${sees}` };
}

/** What is still under way is an estimate, by few answers at first: it counts where the comparison leans against the canary. */
function whyOverspent(cost: Cost | undefined, evidence: number): string | undefined {
  if (cost === undefined || cost.spent === 0) return undefined;
  const underWay = evidence >= doubtsFrom ? cost.underWay : 0;
  if (cost.spent + underWay < cost.budget) return undefined;
  const more = underWay >= 1 ? `, and ${showCount(underWay)} more are under way` : '';
  return `That is ${showCount(cost.spent)} bad answers above baseline${more}: the budget of ${showCount(cost.budget)} is spent.`;
}

/** All of the sentence that is counted, not concluded. An interval that leaves everything open is left out. */
function showCounted(
  { name, badMeans }: ProportionQuestion,
  { canary, stable, allowedShare: allowed, excess, windowSeconds }: Comparison,
): string {
  const beside = stable.all === 0 ? '' : `, ${showShare(badShareOf(stable))} of stable's ${showCount(stable.all)}`;
  const counted =
    `${name}: ${showShare(badShareOf(canary))} of the canary's ${showCount(canary.all)} requests ${badMeans}${beside} ` +
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
