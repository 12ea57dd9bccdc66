import { type AnswerView, answerQueries, answerViews, oldestAnswerQuery } from '../../adapters/metrics/answer-queries.ts';
import type { Answers } from '../../core/analysis/proportion/block.ts';
import { type PriorDispersion, priorDispersion, unknownDispersion } from '../../core/analysis/proportion/dispersion.ts';
import type { Measurement, MetricProvider } from '../../core/metric-ports.ts';
import { type AnswerCount, type AnswerLook, noAnswers } from '../../core/rollout/answer-count.ts';
import type { ProportionSpec } from '../../core/spec/proportion-spec.ts';
import type { Deps } from '../deps.ts';
import { longestGapMs, settleMs, shareNamesOf } from './measure-share.ts';
import type { OpenRollout } from './open-rollout.ts';

/** Of one look. Sums of as many as a rollout of 30 days has looks are still whole numbers. */
const mostAnswers = 1e9;

export const pastSeconds = 60;
const pastMinutes = 30;

/**
 * One look at what both sides have answered since the last one. The count of a step begins when every series has been scraped since its weight took
 * effect, and is continued from look to look, so that each block lies between two looks of one step.
 */
export async function countAnswers(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'target' | 'names' | 'record' | 'plan'>,
  { bad }: ProportionSpec,
  count: AnswerCount = noAnswers,
): Promise<AnswerLook> {
  const { prometheus } = open.spec.analysis;
  const { watch } = open.record;
  if (prometheus === undefined || watch === undefined) return { status: 'nothing', why: 'Nothing is counted yet.', sourceDown: false };
  const { metrics } = deps.prometheus(prometheus.url);
  const mirrored = open.plan.steps[watch.stepIndex]?.mirrorWeight !== undefined;
  const views = answerViews(shareNamesOf(open), bad, mirrored);
  const counted = views.find(({ name }) => name === count.view);
  const forMs = Math.round(deps.clock.now() - (count.countedUntilMs ?? 0));
  const goesOn = counted !== undefined && count.stepIndex === watch.stepIndex && count.countedUntilMs !== undefined;
  if (!goesOn || forMs > longestGapMs) {
    const look = await findBeginning(metrics, views, watch.startedAtMs + settleMs);
    if (look.status !== 'begins' || count.prior !== undefined) return look;
    const begun = views.find(({ name }) => name === look.view);
    return begun === undefined ? look : { ...look, prior: await learnNoise(metrics, begun, open.record.startedAtMs) };
  }
  if (forMs < 1) return { status: 'nothing', why: 'No time has passed since the last count.', sourceDown: false };
  return measureBlock(metrics, counted, { forMs, stepIndex: watch.stepIndex });
}

/** What is counted as a bad answer, in words: of a latency, above which of the histogram's bounds. */
export function badMeansOf(open: Pick<OpenRollout, 'spec' | 'target' | 'names'>, { bad }: ProportionSpec): string {
  return answerViews(shareNamesOf(open), bad)[0]?.badMeans ?? 'failed';
}

async function findBeginning(metrics: MetricProvider, views: readonly AnswerView[], fromMs: number): Promise<AnswerLook> {
  const answers = await metrics.measure(views.map((view) => ({ name: view.name, query: oldestAnswerQuery(view) })));
  for (const [index, answer] of answers.entries()) {
    const view = views[index];
    if (answer.status !== 'value' || view === undefined) continue;
    if (answer.value * 1000 >= fromMs) return { status: 'begins', atMs: answer.atMs, view: view.name };
    return { status: 'nothing', why: 'Its counters were not scraped yet since the weight took effect.', sourceDown: false };
  }
  return nothing(answers);
}

/** What stable alone has shown, before the rollout, of how its bad answers come. */
async function learnNoise(metrics: MetricProvider, view: AnswerView, untilMs: number): Promise<PriorDispersion> {
  const past = await pastAnswers(metrics, view, untilMs);
  return past === undefined ? unknownDispersion : priorDispersion(past);
}

/** What stable answered in the half hour until then, a minute each; undefined where Prometheus counts more than there can be. */
export async function pastAnswers(
  metrics: MetricProvider,
  { stable }: AnswerView,
  untilMs: number,
): Promise<readonly Answers[] | undefined> {
  const { all, bad } = answerQueries(stable, pastSeconds * 1000);
  const past = { lastAtMs: untilMs, everySeconds: pastSeconds, count: pastMinutes };
  const [ofAll, ofBad] = await Promise.all([
    metrics.history({ name: "stable's answers before", query: all }, past),
    metrics.history({ name: "stable's bad answers before", query: bad }, past),
  ]);
  if (ofAll.some(({ value }) => value > mostAnswers)) return undefined;
  const badAt = new Map(ofBad.map(({ atMs, value }) => [atMs, value]));
  return ofAll.map(({ atMs, value }) => answersOf(value, badAt.get(atMs)));
}

async function measureBlock(
  metrics: MetricProvider,
  { stable, canary }: AnswerView,
  { forMs, stepIndex }: { readonly forMs: number; readonly stepIndex: number },
): Promise<AnswerLook> {
  const [ofStable, ofCanary] = [answerQueries(stable, forMs), answerQueries(canary, forMs)];
  const answers = await metrics.measure([
    { name: "stable's answers", query: ofStable.all },
    { name: "stable's bad answers", query: ofStable.bad },
    { name: "the canary's answers", query: ofCanary.all },
    { name: "the canary's bad answers", query: ofCanary.bad },
  ]);
  const values = answers.flatMap((answer) => (answer.status === 'value' ? [answer.value] : []));
  const [stableAll, stableBad, canaryAll, canaryBad] = values;
  const atMs = answers[0]?.atMs;
  if (values.length < 4 || atMs === undefined) return nothing(answers);
  const most = Math.max(...values);
  if (most > mostAnswers) {
    return { status: 'nothing', why: `Prometheus counts ${most} answers since the last look, more than there can be.`, sourceDown: false };
  }
  const block = { stepIndex, canary: answersOf(canaryAll, canaryBad), stable: answersOf(stableAll, stableBad) };
  return { status: 'counted', atMs, block, query: ofCanary.bad };
}

/** Series of one proxy are scraped together, but those of bad answers may begin, or vanish, a scrape apart from those of all. */
function answersOf(all = 0, bad = 0): Answers {
  const counted = Math.max(0, Math.round(all));
  return { all: counted, bad: Math.min(counted, Math.max(0, Math.round(bad))) };
}

function nothing(answers: readonly Measurement[]): AnswerLook {
  const down = answers.find((answer) => answer.status === 'unavailable');
  if (down !== undefined) return { status: 'nothing', why: down.why, sourceDown: true };
  const silent = answers.find((answer) => answer.status === 'noData');
  return { status: 'nothing', why: silent?.why ?? 'Prometheus left out an answer.', sourceDown: false };
}
