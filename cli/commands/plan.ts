import { showCount, showShare } from '../../core/analysis/proportion/show.ts';
import type { WorstCost } from '../../core/analysis/proportion/worst-cost.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { formatPlan, showBadAnswers } from '../../core/plan/format-plan.ts';
import { expectedHistoryEvents, historyLimit } from '../../core/plan/history.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { type Traffic, worstCase } from '../../core/plan/worst-case.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import { exitCodes } from '../output/exit-code.ts';
import type { Run } from './command.ts';
import { parseOrThrow, readSpecFile, specFileOf } from './spec-files.ts';

export interface PlanOptions {
  /** Of the whole service. With it the plan tells what each step may cost. */
  readonly requestsPerSecond?: number;
  /** Stable's share of bad answers, of that traffic. */
  readonly badShare?: number;
}

const usualBadShare = 0.001;

/** Prints what a rollout by this spec will do, and with the service's traffic what it may cost at worst. @throws SpecInvalidError, InvalidInputError */
export function plan(fileOrName: string, { requestsPerSecond, badShare }: PlanOptions): Run {
  return async (context) => {
    if (badShare !== undefined && requestsPerSecond === undefined) {
      throw new InvalidInputError('--bad-share is a part of the requests.', { remedy: 'Add --requests-per-second, or leave it out.' });
    }
    const spec = parseOrThrow(await readSpecFile(context.io.cwd, specFileOf(fileOrName)));
    const planned = planRollout(spec);
    const traffic = requestsPerSecond === undefined ? undefined : { requestsPerSecond, stableShare: badShare ?? usualBadShare };
    const worst = traffic === undefined ? undefined : worstCase(spec, planned, traffic);
    const events = expectedHistoryEvents(planned, spec.policies);
    const { readySeconds, queueSeconds, drainSeconds } = spec.deadlines;
    const text = [
      formatPlan(planned, worst),
      ...costLines(traffic, worst),
      `Deadlines: ready ${formatDuration(readySeconds)}, queue ${formatDuration(queueSeconds)}, drain ${formatDuration(drainSeconds)}.`,
      `At most about ${events} events in the execution's history, of ${historyLimit} that a plan may use.`,
    ].join('\n');
    context.print(
      {
        rollout: spec.name,
        plan: planned,
        deadlines: spec.deadlines,
        historyEvents: events,
        historyLimit,
        ...(worst === undefined ? {} : { traffic, worst }),
      },
      text,
    );
    return exitCodes.fine;
  };
}

function costLines(traffic: Traffic | undefined, worst: readonly WorstCost[] | undefined): string[] {
  if (traffic === undefined) return [];
  if (worst === undefined)
    return ['What it may cost cannot be reckoned: no successRate or latency in the spec says how soon a bad version is noticed.'];
  const most = worst.reduce((one, other) => (other.badAnswers > one.badAnswers ? other : one));
  return [
    `A version that turns bad costs at most some ${showBadAnswers(most)} at one step, on average, at ${showRate(traffic)} requests a second ` +
      `of which stable fails ${showShare(traffic.stableShare)}.`,
  ];
}

function showRate({ requestsPerSecond }: Traffic): string {
  return requestsPerSecond < 100 ? String(Number(requestsPerSecond.toPrecision(3))) : showCount(requestsPerSecond);
}
