import { inRole } from '../../core/analysis/metrics-now.ts';
import { unknownDispersion } from '../../core/analysis/proportion/dispersion.ts';
import { judgeProportion } from '../../core/analysis/proportion/judge-proportion.ts';
import { type Verdict, withQuery } from '../../core/analysis/verdict.ts';
import { leastBakeOf, type Plan, shareOf } from '../../core/plan/plan.ts';
import { type AnswerCount, blocksOf, followAnswers, noAnswers } from '../../core/rollout/answer-count.ts';
import type { ProportionSpec } from '../../core/spec/proportion-spec.ts';
import { isProportion } from '../../core/spec/rollout-spec.ts';
import { settleSeconds } from '../../core/traffic/settle-seconds.ts';
import type { Deps } from '../deps.ts';
import { badMeansOf, countAnswers } from './count-answers.ts';
import type { OpenRollout } from './open-rollout.ts';

type Counts = Readonly<Record<string, AnswerCount>>;

/** Counts and judges metrics that compare the canary's answers with stable's. All that count in the rollout share one false-alarm level equally. */
export async function judgeProportions(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: OpenRollout,
  proportions: readonly ProportionSpec[],
): Promise<{ readonly verdicts: readonly Verdict[]; readonly answers: Counts }> {
  const { analysis } = open.spec;
  const sharing = analysis.metrics.filter((of) => isProportion(of) && !of.role.dryRun).length;
  const before = open.record.answers ?? {};
  const judged = await Promise.all(
    proportions.map(async (proportion) => {
      const count = Object.hasOwn(before, proportion.name) ? before[proportion.name] : undefined;
      const judgement = await judgeOne(deps, open, { proportion, count, falseAlarmLevel: analysis.falseAlarmLevel / Math.max(1, sharing) });
      return { name: proportion.name, verdict: inRole(proportion.role, judgement.verdict), answers: judgement.answers };
    }),
  );
  return {
    verdicts: judged.map(({ verdict }) => verdict),
    answers: Object.fromEntries(judged.map(({ name, answers }) => [name, answers])),
  };
}

interface Question {
  readonly proportion: ProportionSpec;
  readonly count: AnswerCount | undefined;
  readonly falseAlarmLevel: number;
}

async function judgeOne(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: OpenRollout,
  { proportion, count = noAnswers, falseAlarmLevel }: Question,
): Promise<{ readonly verdict: Verdict; readonly answers: AnswerCount }> {
  const { name, margin, requests, allowedAlone, baseline } = proportion;
  const { watch } = open.record;
  const stepIndex = watch?.stepIndex ?? 0;
  const look = await countAnswers(deps, open, proportion, count);
  const answers = followAnswers(count, look, stepIndex);
  const judged = judgeProportion(
    {
      name,
      badMeans: badMeansOf(open, proportion),
      margin,
      falseAlarmLevel,
      requests,
      allowedAlone,
      isAlone: baseline === 'none',
      budget: open.spec.analysis.budget,
    },
    {
      blocks: blocksOf(answers),
      prior: answers.prior ?? unknownDispersion,
      stepIndex,
      stepCount: open.plan.steps.length,
      weight: (shareOf(open.plan.steps[stepIndex]) ?? 0) / open.plan.totalWeight,
      windowSeconds: (answers.countedMs ?? 0) / 1000,
      lagSeconds: open.spec.analysis.intervalSeconds + settleSeconds,
      mirrored: new Set(open.plan.steps.flatMap(({ index, mirrorWeight }) => (mirrorWeight === undefined ? [] : [index]))),
      next: nextStep(open.plan, stepIndex),
      silentSeconds: answers.answeredAtMs === undefined ? 0 : (deps.clock.now() - answers.answeredAtMs) / 1000,
    },
  );
  if (look.status === 'counted') return { verdict: withQuery(judged, look.query), answers };
  if (judged.verdict === 'fail' || look.status === 'begins') return { verdict: judged, answers };
  const verdict: Verdict = look.sourceDown
    ? { name, verdict: 'unavailable', reason: `${name} could not be asked: ${look.why}` }
    : { name, verdict: 'inconclusive', reason: `${name} has no data: ${look.why}` };
  return { verdict, answers };
}

function nextStep({ steps, totalWeight }: Plan, stepIndex: number): { readonly weight: number; readonly seconds: number } | undefined {
  const next = steps[stepIndex + 1];
  return next === undefined ? undefined : { weight: next.weight / totalWeight, seconds: leastBakeOf(next) };
}
