import { type AnswerView, answerQueries, answerViews, oldestAnswerQuery, whereKnown } from '../../adapters/metrics/answer-queries.ts';
import type { Answers } from '../../core/analysis/proportion/block.ts';
import type { PriorDispersion } from '../../core/analysis/proportion/dispersion.ts';
import type { Measurement, MetricProvider } from '../../core/metric-ports.ts';
import { type AnswerCount, type AnswerLook, noAnswers } from '../../core/rollout/answer-count.ts';
import { beginAt, countedLook, learnNoise, minutesOf, nextQuestion, nothing, pastOfStable } from '../../core/rollout/answer-look.ts';
import type { ProportionSpec } from '../../core/spec/proportion-spec.ts';
import { settleMs } from '../../core/traffic/settle-seconds.ts';
import type { Deps } from '../deps.ts';
import { shareNamesOf } from './measure-share.ts';
import type { OpenRollout } from './open-rollout.ts';

/** One look at what both sides have answered since the last one. */
export async function countAnswers(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'target' | 'names' | 'record' | 'plan'>,
  { bad }: ProportionSpec,
  count: AnswerCount = noAnswers,
): Promise<AnswerLook> {
  const { prometheus } = open.spec.analysis;
  const { watch } = open.record;
  if (prometheus === undefined || watch === undefined) return nothing('Nothing is counted yet.');
  const { metrics } = deps.prometheus(prometheus.url);
  const mirrored = open.plan.steps[watch.stepIndex]?.mirrorWeight !== undefined;
  const views = answerViews(shareNamesOf(open), bad, mirrored);
  const question = nextQuestion(count, watch, views, deps.clock.now());
  if (question.ask === 'nothing') return question.look;
  if (question.ask === 'growth') {
    const { view, forMs } = question;
    const block = await measureBlock(metrics, view, { forMs, stepIndex: watch.stepIndex });
    return block ?? findBeginning(metrics, views, { sinceMs: watch.startedAtMs + settleMs, knownForMs: memoryMs });
  }
  const look = await findBeginning(metrics, views, { sinceMs: question.sinceMs, knownForMs: knownFor(count, watch, deps.clock.now()) });
  if (look.status !== 'begins' || count.prior !== undefined) return look;
  const begun = views.find(({ name }) => name === look.view);
  return begun === undefined ? look : { ...look, prior: await askForNoise(metrics, begun, open.record.startedAtMs) };
}

/** What is counted as a bad answer, in words: of a latency, above which of the histogram's bounds. */
export function badMeansOf(open: Pick<OpenRollout, 'spec' | 'target' | 'names'>, { bad }: ProportionSpec): string {
  return answerViews(shareNamesOf(open), bad)[0]?.badMeans ?? 'failed';
}

/** Scrapes are a minute apart at most in most places: whoever has known any of the counters for so long has scraped all that there are. */
const memoryMs = 90_000;

/**
 * For how long Prometheus must have known any of the counters before a count may begin, where the rollout has counted before: where it has lost them, nothing
 * may come in late any more. What the step before has counted until a moment was known then.
 */
function knownFor({ stepIndex, countedUntilMs }: AnswerCount, watch: { readonly stepIndex: number }, nowMs: number): number | undefined {
  if (stepIndex === watch.stepIndex) return memoryMs;
  return countedUntilMs === undefined ? undefined : Math.min(memoryMs, Math.max(1, Math.round(nowMs - countedUntilMs)));
}

async function findBeginning(
  metrics: MetricProvider,
  views: readonly AnswerView[],
  { sinceMs, knownForMs }: { readonly sinceMs: number; readonly knownForMs: number | undefined },
): Promise<AnswerLook> {
  const queryOf = (view: AnswerView) => {
    const query = oldestAnswerQuery(view);
    return knownForMs === undefined ? query : whereKnown(query, view, knownForMs);
  };
  const answers = await metrics.measure(views.map((view) => ({ name: view.name, query: queryOf(view) })));
  for (const [index, answer] of answers.entries()) {
    const view = views[index];
    if (!isNumber(answer) || view === undefined) continue;
    return beginAt({ view: view.name, scrapedAtMs: answer.value * 1000, atMs: answer.atMs }, sinceMs);
  }
  if (knownForMs !== undefined && answers.every(({ status }) => status === 'noData')) return nothing(forgotten);
  return unanswered(answers);
}

const forgotten = `Prometheus does not know what was counted before, as one that was started anew without its data: the count begins again when it has known the counters for ${memoryMs / 1000} s.`;

async function askForNoise(metrics: MetricProvider, view: AnswerView, untilMs: number): Promise<PriorDispersion> {
  return learnNoise(await pastAnswers(metrics, view, untilMs));
}

/** What stable answered in the half hour until then, a minute each; undefined where Prometheus counts more than there can be. */
export async function pastAnswers(
  metrics: MetricProvider,
  { stable }: AnswerView,
  untilMs: number,
): Promise<readonly Answers[] | undefined> {
  const { all, bad } = answerQueries(stable, pastOfStable.everySeconds * 1000);
  const past = { lastAtMs: untilMs, ...pastOfStable };
  const [ofAll, ofBad] = await Promise.all([
    metrics.history({ name: "stable's answers before", query: all }, past),
    metrics.history({ name: "stable's bad answers before", query: bad }, past),
  ]);
  return minutesOf(ofAll, ofBad);
}

/** Undefined where Prometheus knows nothing of when the count began: what it finds new may be older than the rollout. */
async function measureBlock(
  metrics: MetricProvider,
  view: AnswerView,
  { forMs, stepIndex }: { readonly forMs: number; readonly stepIndex: number },
): Promise<AnswerLook | undefined> {
  const { stable, canary } = view;
  const [ofStable, ofCanary] = [answerQueries(stable, forMs), answerQueries(canary, forMs)];
  const answers = await metrics.measure([
    { name: "stable's answers", query: whereKnown(ofStable.all, view, forMs) },
    { name: "stable's bad answers", query: ofStable.bad },
    { name: "the canary's answers", query: ofCanary.all },
    { name: "the canary's bad answers", query: ofCanary.bad },
  ]);
  const [known, ...others] = answers;
  if (known?.status === 'noData' && others.every(isNumber)) return undefined;
  const values = answers.flatMap((answer) => (isNumber(answer) ? [answer.value] : []));
  const [stableAll = 0, stableBad = 0, canaryAll = 0, canaryBad = 0] = values;
  const atMs = answers[0]?.atMs;
  if (values.length < 4 || atMs === undefined) return unanswered(answers);
  const block = { stepIndex, canary: { all: canaryAll, bad: canaryBad }, stable: { all: stableAll, bad: stableBad } };
  return countedLook(block, { atMs, query: ofCanary.bad });
}

/** A count that is no number says nothing, whoever lets it through (J1). */
function isNumber(answer: Measurement): answer is Extract<Measurement, { status: 'value' }> {
  return answer.status === 'value' && Number.isFinite(answer.value);
}

function unanswered(answers: readonly Measurement[]): AnswerLook {
  const down = answers.find((answer) => answer.status === 'unavailable');
  if (down !== undefined) return nothing(down.why, true);
  const silent = answers.find((answer) => answer.status === 'noData');
  return nothing(silent?.why ?? 'Prometheus left out an answer, or gave one that is no number.');
}
