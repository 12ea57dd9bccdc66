import type { Verdict } from '../../core/analysis/verdict.ts';
import { own } from '../../core/own.ts';
import { type AnswerCount, noAnswers } from '../../core/rollout/answer-count.ts';
import { judgeAnswers, levelOfEach } from '../../core/rollout/judge-answers.ts';
import type { ProportionSpec } from '../../core/spec/proportion-spec.ts';
import type { Deps } from '../deps.ts';
import { badMeansOf, countAnswers } from './count-answers.ts';
import type { OpenRollout } from './open-rollout.ts';

type Counts = Readonly<Record<string, AnswerCount>>;

/** Counts and judges metrics that compare the canary's answers with stable's. */
export async function judgeProportions(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'target' | 'names' | 'record' | 'plan'>,
  proportions: readonly ProportionSpec[],
): Promise<{ readonly verdicts: readonly Verdict[]; readonly answers: Counts }> {
  const { spec, plan, record } = open;
  const before = record.answers ?? {};
  const stepIndex = record.watch?.stepIndex ?? 0;
  const falseAlarmLevel = levelOfEach(spec.analysis);
  const judged = await Promise.all(
    proportions.map(async (proportion) => {
      const { name } = proportion;
      const count = own(before, name) ?? noAnswers;
      const look = await countAnswers(deps, open, proportion, count);
      const metric = { proportion, badMeans: badMeansOf(open, proportion), falseAlarmLevel, budget: spec.analysis.budget };
      return { name, ...judgeAnswers(metric, { count, look, stepIndex, plan, nowMs: deps.clock.now() }) };
    }),
  );
  return {
    verdicts: judged.map(({ verdict }) => verdict),
    answers: Object.fromEntries(judged.map(({ name, answers }) => [name, answers])),
  };
}
