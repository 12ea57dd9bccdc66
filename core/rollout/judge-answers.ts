import { inRole } from '../analysis/metrics-now.ts';
import { unknownDispersion } from '../analysis/proportion/dispersion.ts';
import { judgeProportion } from '../analysis/proportion/judge-proportion.ts';
import { type Verdict, withQuery } from '../analysis/verdict.ts';
import { leastBakeOf, type Plan, shareOf } from '../plan/plan.ts';
import type { Budget } from '../spec/budget-spec.ts';
import type { ProportionSpec } from '../spec/proportion-spec.ts';
import { isProportion, type RolloutSpec } from '../spec/rollout-spec.ts';
import { settleSeconds } from '../traffic/settle-seconds.ts';
import { type AnswerCount, type AnswerLook, blocksOf, followAnswers } from './answer-count.ts';

/** One metric that compares the canary with stable, and what the spec says of all of them. */
export interface ComparedMetric {
  readonly proportion: ProportionSpec;
  readonly budget: Budget | undefined;
  /** What is counted as a bad answer, in words. */
  readonly badMeans: string;
  readonly falseAlarmLevel: number;
}

/** The false-alarm level of each metric that compares: all that count in the rollout share one equally. */
export function levelOfEach({ metrics, falseAlarmLevel }: Pick<RolloutSpec['analysis'], 'metrics' | 'falseAlarmLevel'>): number {
  const sharing = metrics.filter((of) => isProportion(of) && !of.role.dryRun).length;
  return falseAlarmLevel / Math.max(1, sharing);
}

/** What is known of a metric before a look, and what the look came to. */
export interface LookedAt {
  readonly count: AnswerCount;
  readonly look: AnswerLook;
  readonly stepIndex: number;
  readonly plan: Plan;
  readonly nowMs: number;
}

/** Takes one look into account, and judges by all that was counted until now: a look that came to nothing is told, unless what was counted fails already. */
export function judgeAnswers(
  metric: ComparedMetric,
  { count, look, stepIndex, plan, nowMs }: LookedAt,
): { readonly verdict: Verdict; readonly answers: AnswerCount } {
  const { name, role, margin, requests, allowedAlone, baseline } = metric.proportion;
  const { badMeans, falseAlarmLevel, budget } = metric;
  const answers = followAnswers(count, look, stepIndex);
  const judged = judgeProportion(
    { name, badMeans, margin, falseAlarmLevel, requests, allowedAlone, isAlone: baseline === 'none', budget },
    {
      blocks: blocksOf(answers),
      prior: answers.prior ?? unknownDispersion,
      stepIndex,
      stepCount: plan.steps.length,
      weight: (shareOf(plan.steps[stepIndex]) ?? 0) / plan.totalWeight,
      windowSeconds: (answers.countedMs ?? 0) / 1000,
      lagSeconds: plan.tick.intervalSeconds + settleSeconds,
      mirrored: new Set(plan.steps.flatMap(({ index, mirrorWeight }) => (mirrorWeight === undefined ? [] : [index]))),
      next: nextStep(plan, stepIndex),
      silentSeconds: answers.answeredAtMs === undefined ? 0 : (nowMs - answers.answeredAtMs) / 1000,
    },
  );
  return { verdict: inRole(role, afterLook(judged, look)), answers };
}

function afterLook(judged: Verdict, look: AnswerLook): Verdict {
  if (look.status === 'counted') return look.query === undefined ? judged : withQuery(judged, look.query);
  if (judged.verdict === 'fail' || look.status === 'begins') return judged;
  const { name } = judged;
  return look.sourceDown
    ? { name, verdict: 'unavailable', reason: `${name} could not be asked: ${look.why}` }
    : { name, verdict: 'inconclusive', reason: `${name} has no data: ${look.why}` };
}

function nextStep({ steps, totalWeight }: Plan, stepIndex: number): { readonly weight: number; readonly seconds: number } | undefined {
  const next = steps[stepIndex + 1];
  return next === undefined ? undefined : { weight: next.weight / totalWeight, seconds: leastBakeOf(next) };
}
