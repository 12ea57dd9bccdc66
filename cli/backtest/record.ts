import type { SideQueries } from '../../adapters/metrics/answer-queries.ts';
import type { PrometheusApi } from '../../adapters/metrics/prometheus-api.ts';
import { type Range, recordRange } from '../../adapters/metrics/record-range.ts';
import {
  type RangeAnswer,
  type RecordedComparison,
  type RecordedSide,
  type RecordingFile,
  recordingVersion,
} from '../../core/backtest/recording.ts';
import { InvalidInputError, NotFoundError } from '../../core/errors.ts';
import { pastOfStable } from '../../core/rollout/answer-look.ts';
import { PrometheusUnavailableError } from './prometheus-unavailable.ts';
import type { ComparedQueries, SpecQueries } from './queries.ts';

export interface RecordOptions {
  readonly api: PrometheusApi;
  readonly queries: SpecQueries;
  /** The rollout that will be replayed. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Called with each answer: for which metric it is, and how many there are by now. */
  readonly progress: (name: string, answered: number) => void;
}

/** Stable's half hour, and the minute before it: what the first of its minutes grew by. */
const pastMs = (pastOfStable.count + 1) * pastOfStable.everySeconds * 1000;

/** Of each series. Twelve days at a point every ten seconds. */
export const mostPointsOfSeries = 100_000;

/**
 * Records what a replay of a spec needs, in as many requests as it takes. Counters are recorded from half an hour earlier on: stable's noise is learnt there.
 *
 * @throws InvalidInputError for more points than a recording may have, PrometheusUnavailableError, NotFoundError where Prometheus has nothing at all.
 */
export async function record({ api, queries, fromMs, toMs, progress }: RecordOptions): Promise<RecordingFile> {
  const { stepSeconds, own, compared } = queries;
  const stepMs = stepSeconds * 1000;
  const range: Range = { startMs: fromMs, endMs: toMs, stepSeconds };
  const whole: Range = { ...range, startMs: fromMs - Math.ceil(pastMs / stepMs) * stepMs };
  const points = Math.floor((toMs - whole.startMs) / stepMs) + 1;
  if (points > mostPointsOfSeries) {
    throw new InvalidInputError(
      `From --from to --to there are ${points} points of each series; at most ${mostPointsOfSeries} are recorded.`,
      {
        remedy: 'Name a shorter time.',
      },
    );
  }
  let answered = 0;
  const ask: Ask = async (name, query, over) => {
    const result = await recordRange(api, query, over, () => progress(name, ++answered));
    if (result.ok) return result.answer;
    throw new PrometheusUnavailableError(result.why, { remedy: `It was asked for ${name}. Check --prometheus, or mend the query.` });
  };
  const recorded: [string, RangeAnswer | RecordedComparison][] = [];
  for (const each of compared) recorded.push([each.name, await recordComparison(ask, each, whole)]);
  for (const { name, query } of own) recorded.push([name, await ask(name, query, range)]);
  if (recorded.every(([, each]) => isEmpty(each))) {
    const names = recorded.map(([name]) => name).join(', ');
    throw new NotFoundError(`Prometheus has nothing of ${names} from ${iso(fromMs)} to ${iso(toMs)}.`, {
      remedy: 'Name a time at which the service had traffic. `sluice backtest <spec> --print-queries` prints what was asked.',
    });
  }
  return { version: recordingVersion, stepSeconds, from: iso(fromMs), metrics: Object.fromEntries(recorded) };
}

type Ask = (name: string, query: string, over: Range) => Promise<RangeAnswer>;

/** Of the ways in which a mesh may count, the first that counted anything. */
async function recordComparison(ask: Ask, { name, views }: ComparedQueries, range: Range): Promise<RecordedComparison> {
  for (const { queries } of views) {
    const scraped = await ask(name, queries.scraped, range);
    if (scraped.data.result.length === 0) continue;
    const sideOf = async ({ all, bad, good }: SideQueries): Promise<RecordedSide> => ({
      all: await ask(name, all, range),
      ...(bad === undefined ? {} : { bad: await ask(name, bad, range) }),
      ...(good === undefined ? {} : { good: await ask(name, good, range) }),
    });
    return { canary: await sideOf(queries.canary), stable: await sideOf(queries.stable), scraped };
  }
  return { canary: { all: nothing, bad: nothing }, stable: { all: nothing, bad: nothing } };
}

const nothing: RangeAnswer = { status: 'success', data: { resultType: 'matrix', result: [] } };

function isEmpty(recorded: RangeAnswer | RecordedComparison): boolean {
  const answers = 'status' in recorded ? [recorded] : [recorded.canary.all, recorded.stable.all];
  return answers.every(({ data }) => data.result.length === 0);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}
