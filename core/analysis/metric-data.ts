import * as z from 'zod/mini';
import type { CloudWatchQuestion, Datapoint } from '../metric-ports.ts';
import { shorten } from '../shorten.ts';
import { withoutCredentials } from '../without-credentials.ts';
import { awsTime } from './aws-time.ts';
import { type DatapointSeries, newestDatapoint } from './newest-datapoint.ts';

const messages = z.nullish(z.array(z.object({ Code: z.nullish(z.string()), Value: z.nullish(z.string()) })));
const number = z.pipe(
  z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])], { error: 'a number' }),
  z.transform((value) => Number(value)),
);

const metricDataResult = z.object({
  Id: z.string(),
  Label: z.nullish(z.string()),
  StatusCode: z.nullish(z.string()),
  Timestamps: z._default(z.array(awsTime), []),
  Values: z._default(z.array(number), []),
  Messages: messages,
});
export type MetricDataResult = z.infer<typeof metricDataResult>;

/** One page of what GetMetricData answers. */
export const metricDataPage = z.object({
  MetricDataResults: z._default(z.array(metricDataResult), []),
  Messages: messages,
  NextToken: z.nullish(z.string()),
});
export type MetricDataPage = z.infer<typeof metricDataPage>;

/** The id under which the answer to a question comes, or the divisor of a share. */
export function answerId(index: number): string {
  return `q${index}`;
}

/** The id of one of the numbers that a share counts. */
export function countedId(index: number, part: number): string {
  return `q${index}_counted${part}`;
}

/** Reads the datapoints of questions out of all pages of their call. */
export function readAnswers(pages: readonly MetricDataPage[], questions: readonly CloudWatchQuestion[], nowMs: number): Datapoint[] {
  return questions.map((asks, index) => {
    const find = (id: string) => seriesOfId(pages, id);
    const counted = countedIds(asks, index).map(find);
    return newestDatapoint(asks, { of: find(answerId(index)), counted }, nowMs);
  });
}

/** The ids of all that the question at that place counts. */
export function countedIds(asks: CloudWatchQuestion, index: number): string[] {
  return asks.kind === 'share' ? asks.counted.map((_, part) => countedId(index, part)) : [];
}

/** All that came for one id, on whichever page. */
export function seriesOfId(pages: readonly MetricDataPage[], id: string): DatapointSeries | undefined {
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
    said: saidIn([...results, ...pages].flatMap(({ Messages }) => Messages ?? [])),
  };
}

/** What came with the last page counts, except where something failed: `PartialData` says that there is another page. */
function worstOf(results: readonly MetricDataResult[]): string {
  const statuses = results.map(({ StatusCode }) => StatusCode ?? 'Complete');
  return statuses.find((status) => status !== 'Complete' && status !== 'PartialData') ?? statuses.at(-1) ?? 'Complete';
}

function saidIn(all: NonNullable<MetricDataPage['Messages']>): string {
  const texts = all.slice(0, 3).map(({ Code, Value }) => shorten(withoutCredentials([Code, Value].filter(Boolean).join(': ')), 200));
  return texts.length === 0 ? '' : ` CloudWatch says: ${texts.join('; ')}.`;
}
