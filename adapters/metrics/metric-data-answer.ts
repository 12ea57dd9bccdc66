import * as z from 'zod/mini';
import type { CloudWatchQuestion, Datapoint } from '../../core/metric-ports.ts';
import { shorten } from '../../core/shorten.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import { answerId, countedId, staleAfterMs } from './metric-data-queries.ts';

const messages = z.nullish(z.array(z.object({ Code: z.nullish(z.string()), Value: z.nullish(z.string()) })));
const number = z.pipe(
  z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]),
  z.transform((value) => Number(value)),
);

/** One page of GetMetricData in AWS's JSON protocol, whose times are seconds. */
export const metricDataPage = z.object({
  MetricDataResults: z._default(
    z.array(
      z.object({
        Id: z.string(),
        Label: z.nullish(z.string()),
        StatusCode: z.nullish(z.string()),
        Timestamps: z._default(z.array(z.number()), []),
        Values: z._default(z.array(number), []),
        Messages: messages,
      }),
    ),
    [],
  ),
  Messages: messages,
  NextToken: z.nullish(z.string()),
});
export type MetricDataPage = z.infer<typeof metricDataPage>;
type PageResult = MetricDataPage['MetricDataResults'][number];

/** All that came for one id, on whichever page. */
interface Series {
  readonly status: string;
  /** More than one where a search, or a function such as ANOMALY_DETECTION_BAND, answered several. */
  readonly labels: ReadonlySet<string>;
  readonly isRepeated: boolean;
  readonly isReadable: boolean;
  readonly values: ReadonlyMap<number, number>;
  readonly said: string;
}

/** Reads the datapoints of questions out of all pages of their call. */
export function readAnswers(pages: readonly MetricDataPage[], questions: readonly CloudWatchQuestion[], nowMs: number): Datapoint[] {
  const said = pages.flatMap(({ Messages }) => Messages ?? []);
  const find = (id: string) => joined(pages, id, said);
  return questions.map((asks, index) => {
    const newest = newestOf(find(answerId(index)), asks.periodSeconds, nowMs);
    if (newest.status !== 'value' || asks.kind === 'metric' || asks.kind === 'expression') return newest;
    if (newest.value <= 0) return { status: 'noData', why: `there were ${newest.value} requests in the newest period.` };
    if (asks.kind === 'count') return newest;
    return shareAt(
      newest,
      asks.counted.map((_, part) => find(countedId(index, part))),
    );
  });
}

function joined(pages: readonly MetricDataPage[], id: string, saidOfAll: NonNullable<MetricDataPage['Messages']>): Series | undefined {
  const byPage = pages.map(({ MetricDataResults }) => MetricDataResults.filter((result) => result.Id === id));
  const results = byPage.flat();
  if (results.length === 0) return undefined;
  const values = new Map<number, number>();
  for (const { Timestamps, Values } of results) {
    for (const [index, seconds] of Timestamps.entries()) values.set(seconds * 1000, Values[index] ?? Number.NaN);
  }
  return {
    status: worstOf(results),
    labels: new Set(results.map(({ Label }) => Label ?? '')),
    isRepeated: byPage.some((ofPage) => ofPage.length > 1),
    isReadable: results.every(({ Timestamps, Values }) => Timestamps.length === Values.length),
    values,
    said: saidIn([...results.flatMap(({ Messages }) => Messages ?? []), ...saidOfAll]),
  };
}

/** What came with the last page counts, except where something failed: `PartialData` says that there is another page. */
function worstOf(results: readonly PageResult[]): string {
  const statuses = results.map(({ StatusCode }) => StatusCode ?? 'Complete');
  return statuses.find((status) => status !== 'Complete' && status !== 'PartialData') ?? statuses.at(-1) ?? 'Complete';
}

function saidIn(all: NonNullable<MetricDataPage['Messages']>): string {
  const texts = all.slice(0, 3).map(({ Code, Value }) => shorten(withoutCredentials([Code, Value].filter(Boolean).join(': ')), 200));
  return texts.length === 0 ? '' : ` CloudWatch says: ${texts.join('; ')}.`;
}

/** The newest period that is over. One that is still under way has a part of its samples. */
function newestOf(series: Series | undefined, periodSeconds: number, nowMs: number): Datapoint {
  const trouble = troubleOf(series);
  if (series === undefined || trouble !== undefined) return trouble ?? nothingAnswered;
  const periodMs = periodSeconds * 1000;
  const full = [...series.values.keys()].filter((fromMs) => fromMs + periodMs <= nowMs);
  if (full.length === 0) return { status: 'noData', why: `CloudWatch has no datapoint of the last periods.${series.said}` };
  const fromMs = Math.max(...full);
  const ageMs = nowMs - fromMs - periodMs;
  if (ageMs > staleAfterMs(periodSeconds)) {
    const most = staleAfterMs(periodSeconds) / 1000;
    return { status: 'noData', why: `the newest period ended ${Math.round(ageMs / 1000)} s ago; at most ${most} s counts.${series.said}` };
  }
  const value = series.values.get(fromMs) ?? Number.NaN;
  if (!Number.isFinite(value)) return { status: 'noData', why: `its newest value is ${value}, which is no number.${series.said}` };
  return { status: 'value', value, fromMs, untilMs: fromMs + periodMs };
}

const nothingAnswered: Datapoint = { status: 'noData', why: 'CloudWatch answers no series: a search that finds nothing.' };

function troubleOf(series: Series | undefined): Datapoint | undefined {
  if (series === undefined) return nothingAnswered;
  const { status, labels, isRepeated, isReadable, said } = series;
  if (!isReadable) return { status: 'unavailable', why: 'The answer of CloudWatch has values without times, or times without values.' };
  if (status === 'Forbidden') return { status: 'unavailable', why: `CloudWatch does not let the controller read that metric.${said}` };
  if (status === 'PartialData') return { status: 'noData', why: `CloudWatch answers only a part of the datapoints.${said}` };
  if (status !== 'Complete') return { status: 'unavailable', why: `CloudWatch failed with ${shorten(status, 50)}.${said}` };
  if (!isRepeated && labels.size <= 1) return undefined;
  const examples = [...labels].slice(0, 2).map((label) => shorten(label, 100));
  return {
    status: 'noData',
    why: `CloudWatch answers several series, such as ${examples.join(' and ')}; make one of them with SUM, AVG or MAX.`,
  };
}

/** What was counted in the same period; nothing is 0, since AWS publishes no zeros. */
function shareAt(requests: Extract<Datapoint, { status: 'value' }>, counted: readonly (Series | undefined)[]): Datapoint {
  let sum = 0;
  for (const series of counted) {
    const trouble = series === undefined ? undefined : troubleOf(series);
    if (trouble !== undefined) return trouble;
    sum += series?.values.get(requests.fromMs) ?? 0;
  }
  if (!Number.isFinite(sum)) return { status: 'noData', why: `what was counted is ${sum}, which is no number.` };
  return { ...requests, value: sum / requests.value };
}
