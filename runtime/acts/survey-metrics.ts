import { answerViews, oldestAnswerQuery } from '../../adapters/metrics/answer-queries.ts';
import { metricNames } from '../../core/analysis/metric-names.ts';
import type { MetricProvider } from '../../core/metric-ports.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { stepNeeds, usualAnswers } from '../../core/plan/step-needs.ts';
import type { ProportionSurvey, QuerySurvey } from '../../core/preflight/metric-survey.ts';
import { pastOfStable } from '../../core/rollout/answer-look.ts';
import type { ProportionSpec } from '../../core/spec/proportion-spec.ts';
import { isProportion, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { badMeansOf, pastAnswers } from './count-answers.ts';
import { routeTargetOf, workloadNamesOf } from './door-target.ts';
import { shareNamesOf } from './measure-share.ts';
import { probeMetrics } from './probe-metrics.ts';

type SurveyDeps = Pick<Deps, 'clock' | 'prometheus'>;

export interface MetricsSurvey {
  readonly proportions: readonly ProportionSurvey[];
  readonly queries: readonly QuerySurvey[];
}

/** Asks what can be known of a spec's metrics before a rollout: whether they answer, and what stable usually does. */
export async function surveyMetrics(deps: SurveyDeps, spec: RolloutSpec): Promise<MetricsSurvey> {
  const { metrics } = spec.analysis;
  const [proportions, queries] = await Promise.all([
    Promise.all(metrics.filter(isProportion).map((proportion) => surveyProportion(deps, spec, proportion))),
    surveyQueries(deps, spec),
  ]);
  return { proportions, queries };
}

async function surveyProportion(deps: SurveyDeps, spec: RolloutSpec, proportion: ProportionSpec): Promise<ProportionSurvey> {
  const { name, bad } = proportion;
  const { prometheus, metrics, falseAlarmLevel } = spec.analysis;
  const names = { spec, target: routeTargetOf(spec), names: workloadNamesOf(spec) };
  const nothing = (status: 'noData' | 'unavailable', why: string): ProportionSurvey => ({ name, status, why });
  if (prometheus === undefined) return nothing('unavailable', 'The spec names no Prometheus.');
  const provider = deps.prometheus(prometheus.url).metrics;
  const views = answerViews(shareNamesOf(names), bad);
  const answers = await provider.measure(views.map((view) => ({ name: view.name, query: oldestAnswerQuery(view) })));
  // As an analysis chooses it: the first of them that counts anything.
  const view = views[answers.findIndex(({ status }) => status === 'value')];
  const down = answers.find((answer) => answer.status === 'unavailable');
  if (view === undefined && down !== undefined) return nothing('unavailable', down.why);
  const past = view === undefined ? [] : await pastAnswers(provider, view, deps.clock.now());
  if (past === undefined) return nothing('noData', 'Prometheus counts more answers than there can be.');
  const usual = usualAnswers(past, pastOfStable.everySeconds);
  if (usual === undefined) return nothing('noData', 'No request to stable was counted in the last half hour.');
  const plan = planRollout(spec);
  const steps = stepNeeds(
    plan,
    usual,
    proportion,
    falseAlarmLevel / Math.max(1, metrics.filter((of) => isProportion(of) && !of.role.dryRun).length),
  );
  return {
    name,
    status: 'value',
    badMeans: badMeansOf(names, proportion),
    usual,
    steps: steps.filter(({ index }) => index + 1 >= proportion.role.startingStep),
    stepCount: plan.steps.length,
  };
}

/** Names that are asked for at most: each costs a query. */
const mostNames = 100;

async function surveyQueries(deps: SurveyDeps, spec: RolloutSpec): Promise<readonly QuerySurvey[]> {
  const { prometheus } = spec.analysis;
  if (prometheus === undefined) return [];
  const probes = await probeMetrics(deps, spec);
  const answering = probes.filter(
    ({ answer }) => answer.status === 'value' || (answer.status === 'noData' && answer.wrongQuestion !== true),
  );
  const written = answering.filter(({ readyMade }) => readyMade === undefined);
  const names = [...new Set(written.flatMap(({ query }) => metricNames(query)))].slice(0, mostNames);
  const missing = await namesWithoutSeries(deps.prometheus(prometheus.url).metrics, names);
  return probes.map((probe) => {
    const { query, readyMade } = probe;
    return { ...probe, missingNames: readyMade === undefined ? metricNames(query).filter((name) => missing.has(name)) : [] };
  });
}

async function namesWithoutSeries(provider: MetricProvider, names: readonly string[]): Promise<ReadonlySet<string>> {
  const counts = await provider.measure(names.map((name) => ({ name, query: `count(${name})` })));
  return new Set(names.filter((_, index) => counts[index]?.status === 'noData'));
}
