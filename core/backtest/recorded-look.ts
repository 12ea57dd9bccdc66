import { numberOf, type Outcome, oneOf, readValue } from '../analysis/read-value.ts';
import type { Measurement, PastMoments, PastValue } from '../metric-ports.ts';
import type { AnswerCount, AnswerLook } from '../rollout/answer-count.ts';
import { beginAt, countedLook, learnNoise, minutesOf, nextQuestion, nothing, pastOfStable } from '../rollout/answer-look.ts';
import type { Watch } from '../rollout/record.ts';
import { answersBetween, hasPoints, type SideCounters } from './growth.ts';
import { newestMs, valueAt } from './points.ts';
import type { ComparedSeries, QuerySeries } from './recording-reader.ts';

/** Where a replay stands. */
export interface ReplayMoment {
  readonly watch: Pick<Watch, 'stepIndex' | 'startedAtMs'>;
  readonly nowMs: number;
  /** When the rollout began. */
  readonly fromMs: number;
  readonly stepMs: number;
}

/** What a query of one's own would have been answered at a moment. */
export function recordedMeasurement(name: string, series: readonly QuerySeries[], atMs: number, stepMs: number): Measurement {
  const present = series.flatMap((points) => {
    const text = valueAt(points, atMs, stepMs);
    return text === undefined ? [] : [{ metric: points.metric, text }];
  });
  const only = oneOf(present);
  const outcome: Outcome = 'why' in only ? only : readValue(only.text);
  return { name, atMs, ...outcome };
}

/** What a query answered at regular moments of the past, the oldest first, as a range query has it: nothing where there are several series. */
export function recordedHistory(
  series: readonly QuerySeries[],
  { lastAtMs, everySeconds, count }: PastMoments,
  stepMs: number,
): PastValue[] {
  const moments = Array.from({ length: count }, (_, index) => lastAtMs - (count - 1 - index) * everySeconds * 1000);
  const found = series.map((points) =>
    moments.flatMap((atMs) => {
      const text = valueAt(points, atMs, stepMs);
      return text === undefined ? [] : [{ atMs, value: numberOf(text) }];
    }),
  );
  const [only = [], ...others] = found.filter((values) => values.length > 0);
  return others.length > 0 ? [] : only.filter(({ value }) => Number.isFinite(value));
}

const view = { name: 'recording' };

/** What a look at the counters of both sides would have come to, as runtime/acts/count-answers.ts asks Prometheus. */
export function recordedLook(series: ComparedSeries, count: AnswerCount, moment: ReplayMoment): AnswerLook {
  const { watch, nowMs, fromMs, stepMs } = moment;
  const { canary, stable } = series;
  const question = nextQuestion(count, watch, [view], nowMs);
  if (question.ask === 'nothing') return question.look;
  if (!hasPoints([...canary.all, ...stable.all], nowMs, stepMs)) return nothing('nothing was recorded at that time.');
  if (question.ask === 'growth') {
    const between = (side: SideCounters) => answersBetween(side, nowMs - question.forMs, nowMs, stepMs);
    return countedLook({ stepIndex: watch.stepIndex, canary: between(canary), stable: between(stable) }, { atMs: nowMs });
  }
  const scrapedAtMs = scrapedBefore(series, nowMs, stepMs);
  if (scrapedAtMs === undefined) return nothing('when its counters had been scraped was not recorded at that time.');
  const look = beginAt({ view: view.name, scrapedAtMs, atMs: nowMs }, question.sinceMs);
  if (look.status !== 'begins' || count.prior !== undefined) return look;
  return { ...look, prior: learnNoise(minutesOf(...pastOf(stable, fromMs, stepMs))) };
}

function scrapedBefore({ canary, stable, scraped }: ComparedSeries, nowMs: number, stepMs: number): number | undefined {
  if (scraped !== undefined) {
    const seconds = valueAt(scraped, nowMs, stepMs);
    return seconds === undefined ? undefined : seconds * 1000;
  }
  const present = [...canary.all, ...stable.all].flatMap((points) => newestMs(points, nowMs - stepMs, nowMs) ?? []);
  return present.reduce<number | undefined>((oldest, each) => Math.min(oldest ?? each, each), undefined);
}

/** By how much stable's counters grew in each minute of the half hour before the rollout, as far as that was recorded. */
function pastOf(stable: SideCounters, untilMs: number, stepMs: number): [PastValue[], PastValue[]] {
  const everyMs = pastOfStable.everySeconds * 1000;
  const moments = Array.from({ length: pastOfStable.count }, (_, index) => untilMs - (pastOfStable.count - 1 - index) * everyMs);
  const recorded = moments.filter((atMs) => [atMs, atMs - everyMs].every((each) => hasPoints(stable.all, each, stepMs)));
  const grown = recorded.map((atMs) => ({ atMs, ...answersBetween(stable, atMs - everyMs, atMs, stepMs) }));
  return [grown.map(({ atMs, all }) => ({ atMs, value: all })), grown.map(({ atMs, bad }) => ({ atMs, value: bad }))];
}
