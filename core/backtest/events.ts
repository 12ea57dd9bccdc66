import type { Verdict } from '../analysis/verdict.ts';
import { own } from '../own.ts';
import { formatDuration } from '../spec/duration.ts';
import type { Replay, ReplayLook } from './replay.ts';

/** Something in a replay that is worth a line. */
export interface BacktestEvent {
  readonly what: 'begins' | 'holds' | 'passes' | 'pauses' | 'advances' | 'promoted' | 'rolledBack' | 'ends';
  readonly atMs: number;
  readonly stepIndex: number;
  readonly weight: number;
  /** The comparison with stable that spoke loudest against the canary, and what was counted for it at this step. */
  readonly loudest?: LoudestComparison;
  readonly text: string;
}

export interface LoudestComparison {
  readonly metric: string;
  /** The canary's requests at this step, and their part of all. */
  readonly requests: number;
  readonly requestShare: number;
  /** The share of bad answers of all of the canary's and of stable's at this step. */
  readonly canaryShare: number;
  readonly stableShare: number;
  readonly evidence: number;
  readonly enough: number;
}

/** A step's count begins anew, so its first looks have nothing to say; who is still without a verdict then is held. */
const quietLooks = 3;

/** What happened, step by step: where a step begins, where its verdict changes, and where it ends. */
export function eventsOf({ looks, plan, end }: Replay): BacktestEvent[] {
  const events: BacktestEvent[] = [];
  let looksOfStep = 0;
  let told = 'pass';
  for (const [index, look] of looks.entries()) {
    const begins = looks[index - 1]?.stepIndex !== look.stepIndex;
    const tell = (what: BacktestEvent['what'], text: string) => events.push({ what, ...placeOf(look), text });
    looksOfStep = begins ? 0 : looksOfStep + 1;
    if (begins) {
      const { atMs, stepIndex, weight } = look;
      const bake = formatDuration(plan.steps[stepIndex]?.bakeSeconds ?? 0);
      const mirror = plan.steps[stepIndex]?.mirrorWeight;
      const copies = mirror === undefined ? '' : ` with copies of ${mirror} of ${plan.totalWeight} requests`;
      events.push({
        what: 'begins',
        atMs,
        stepIndex,
        weight,
        text: `Step ${stepIndex + 1} of ${plan.steps.length} begins${copies}, to bake for ${bake}.`,
      });
      told = 'pass';
    }
    const { verdict, name, reason } = look.overall;
    const bakeIsOver = look.bakedSeconds >= (plan.steps[look.stepIndex]?.bakeSeconds ?? 0);
    const doubts = verdict === 'pass' && look.action === 'hold' && bakeIsOver;
    const now = doubts ? 'doubts' : verdict === 'pass' ? 'pass' : `${verdict} ${name}`;
    const speaks = verdict === 'pass' || looksOfStep >= quietLooks || isBreach(look.overall);
    if (now !== told && verdict !== 'fail' && speaks) {
      if (doubts) tell('holds', look.why);
      else tell(verdict === 'pass' ? 'passes' : 'holds', reason);
      told = now;
    }
    if (look.paused !== undefined) tell('pauses', `${look.paused} Taken for resumed at once.`);
    if (look.action === 'advance') tell('advances', look.why);
  }
  const last = looks.at(-1);
  const what = end.outcome === 'undecided' ? 'ends' : end.outcome;
  return last === undefined ? events : [...events, { what, ...placeOf(last), atMs: end.atMs, text: end.why }];
}

function placeOf(look: ReplayLook): Omit<BacktestEvent, 'what' | 'text'> {
  const { atMs, stepIndex, weight } = look;
  const loudest = loudestOf(look);
  return { atMs, stepIndex, weight, ...(loudest === undefined ? {} : { loudest }) };
}

export function loudestOf({ verdicts, counted }: ReplayLook): LoudestComparison | undefined {
  return verdicts
    .filter(({ dryRun }) => dryRun !== true)
    .flatMap(({ name, evidence, enough }) => {
      const of = own(counted, name);
      if (of === undefined || evidence === undefined || enough === undefined) return [];
      const { canary, stable } = of;
      const requestShare = shareOf(canary.all, canary.all + stable.all);
      const shares = { canaryShare: shareOf(canary.bad, canary.all), stableShare: shareOf(stable.bad, stable.all) };
      return [{ metric: name, requests: canary.all, requestShare, ...shares, evidence, enough }];
    })
    .reduce<LoudestComparison | undefined>(
      (loudest, each) => (loudest === undefined || each.evidence / each.enough > loudest.evidence / loudest.enough ? each : loudest),
      undefined,
    );
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** A value out of the bounds of a query of one's own, which has not failed it yet. */
function isBreach({ verdict, value, evidence }: Verdict): boolean {
  return verdict === 'inconclusive' && value !== undefined && evidence === undefined;
}
