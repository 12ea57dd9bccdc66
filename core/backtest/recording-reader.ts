import type { MetricDataPage } from '../analysis/metric-data.ts';
import { answerId } from '../analysis/metric-data.ts';
import { numberOf } from '../analysis/read-value.ts';
import type { CloudWatchQuestion } from '../metric-ports.ts';
import { shorten } from '../shorten.ts';
import type { ProblemPath } from '../spec/diagnostic.ts';
import type { UnplacedProblem } from '../spec/problems-of.ts';
import { type AlarmChange, alarmChanges, alertChanges, isStateUpdate, type RecordedAlarm, readChange } from './alarm-history.ts';
import type { SideCounters } from './growth.ts';
import type { Points } from './points.ts';
import { type RecordedDatapoints, recordedDatapoints } from './recorded-datapoint.ts';
import { mostPoints, type RangeAnswer, type RecordedComparison, type RecordedSide } from './recording.ts';

/** A series that a query of one's own answers; what its values come to is judged look by look. */
export interface QuerySeries extends Points<string> {
  readonly metric: Readonly<Record<string, string>>;
}

export interface ComparedSeries {
  readonly canary: SideCounters;
  readonly stable: SideCounters;
  /** In seconds; undefined where it was not recorded. */
  readonly scraped: Points<number> | undefined;
}

/** What was seen while reading. */
export interface Reader {
  readonly problems: UnplacedProblem[];
  readonly notes: string[];
  points: number;
  /** Of the states of alarms and alerts. */
  changes: number;
  firstMs: number;
  lastMs: number;
}

export function newReader(): Reader {
  return { problems: [], notes: [], points: 0, changes: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
}

export function tooManyPoints(points: number): UnplacedProblem[] {
  if (points <= mostPoints) return [];
  const hint = 'record a shorter time, or a longer step';
  return [{ code: 'tooLarge', path: ['metrics'], found: 'more points', expected: `at most ${mostPoints} of all metrics together`, hint }];
}

/** What is wrong with all of it together, where it begins and ends at those moments. */
export function outOfBounds({ points, changes }: Reader, fromMs: number, toMs: number): UnplacedProblem[] {
  if (points + changes === 0) {
    const hint = 'the service had no traffic then, or the queries are of other series: `sluice backtest --print-queries` prints them';
    return [{ code: 'rule', path: ['metrics'], found: 'no point of any metric', expected: 'answers with points', hint }];
  }
  const missing = [...(Number.isFinite(fromMs) ? [] : ['from']), ...(Number.isFinite(toMs) ? [] : ['to'])];
  if (missing.length > 0) {
    const expected = 'a time such as 2026-11-20T10:00:00Z, since alarms and alerts alone do not tell when a rollout begins and ends';
    return missing.map((key) => ({ code: 'missing', path: [key], found: 'nothing', expected }));
  }
  if (fromMs < toMs) return [];
  return [{ code: 'outOfRange', path: ['from'], found: iso(fromMs), expected: `a time before the recording ends, ${iso(toMs)}` }];
}

export function readAlarm(reader: Reader, recorded: RecordedAlarm, path: ProblemPath): readonly AlarmChange[] {
  const changes = alarmChanges(recorded);
  if (changes !== undefined) {
    reader.changes += changes.length;
    return changes;
  }
  const unread = recorded.AlarmHistoryItems.findIndex((item) => isStateUpdate(item) && readChange(item) === undefined);
  const expected =
    unread < 0 ? 'changes of its state, or a StateValue: OK, ALARM or INSUFFICIENT_DATA' : 'HistoryData with an oldState and a newState';
  reader.problems.push({
    code: 'rule',
    path: unread < 0 ? path : [...path, 'AlarmHistoryItems', unread],
    found: 'something else',
    expected,
  });
  return [];
}

/** One that never fired has no points, and one state all the same. */
export function readAlert(
  reader: Reader,
  answer: RangeAnswer,
  { path, stepMs }: { readonly path: ProblemPath; readonly stepMs: number },
): readonly AlarmChange[] {
  const changes = alertChanges(readQuery(reader, answer, path), stepMs);
  reader.changes += changes.length;
  return changes;
}

export function readQuery(reader: Reader, answer: RangeAnswer, path: ProblemPath): QuerySeries[] {
  return seriesOf(reader, answer, path).map(({ metric, values }) => ({ metric, ...pointsOf(values, (text) => text) }));
}

export function readComparison(reader: Reader, { canary, stable, scraped }: RecordedComparison, path: ProblemPath): ComparedSeries {
  const [ofScrapes] = scraped === undefined ? [] : counters(reader, scraped, [...path, 'scraped']);
  return {
    canary: sideCounters(reader, canary, [...path, 'canary']),
    stable: sideCounters(reader, stable, [...path, 'stable']),
    scraped: scraped === undefined ? undefined : (ofScrapes ?? { timesMs: [], values: [] }),
  };
}

/** A result is there for each id that is asked for, even where it is empty: only a search that finds nothing has none. */
export function readMetricData(reader: Reader, page: MetricDataPage, asks: CloudWatchQuestion, path: ProblemPath): RecordedDatapoints {
  for (const [index, { Timestamps, Values }] of page.MetricDataResults.entries()) {
    const at = [...path, 'MetricDataResults', index];
    if (Timestamps.length !== Values.length) {
      const expected = `as many as Timestamps, ${Timestamps.length}`;
      reader.problems.push({ code: 'rule', path: [...at, 'Values'], found: `${Values.length} values`, expected });
    }
    reader.points += Timestamps.length;
    for (const seconds of Timestamps) seen(reader, seconds * 1000, (seconds + asks.periodSeconds) * 1000);
  }
  const recorded = recordedDatapoints(page, asks);
  const missing = [...(asks.kind === 'expression' ? [] : [recorded.of]), ...recorded.counted].some((series) => series === undefined);
  if (missing) {
    const expected = `the answers to what is asked under the ids ${answerId(0)} and the like`;
    const hint = '`sluice backtest --print-queries` prints what is asked';
    reader.problems.push({ code: 'rule', path: [...path, 'MetricDataResults'], found: 'ids that are not all there', expected, hint });
  }
  return recorded;
}

function sideCounters(reader: Reader, { all, bad, good }: RecordedSide, path: ProblemPath): SideCounters {
  return {
    all: counters(reader, all, [...path, 'all']),
    bad:
      good === undefined
        ? { counters: bad === undefined ? [] : counters(reader, bad, [...path, 'bad']) }
        : { allBut: counters(reader, good, [...path, 'good']) },
  };
}

/** A counter that is no finite number at a moment is not there. */
function counters(reader: Reader, answer: RangeAnswer, path: ProblemPath): Points<number>[] {
  return seriesOf(reader, answer, path).map(({ values }) => {
    const finite = values.filter(([, text]) => !Number.isNaN(numberOf(text)));
    return pointsOf(finite, numberOf);
  });
}

type Series = RangeAnswer['data']['result'][number];

/** Prometheus answers each series once, and its points in order; what was put together by hand may have neither. */
function seriesOf(reader: Reader, { data, warnings = [] }: RangeAnswer, path: ProblemPath): Series[] {
  for (const warning of warnings.slice(0, 5))
    reader.notes.push(`Prometheus warned of ${path.slice(1).join(', ')}: ${shorten(warning, 200)}`);
  const known = new Set<string>();
  for (const [index, { metric, values }] of data.result.entries()) {
    const at = [...path, 'data', 'result', index];
    const key = JSON.stringify(Object.entries(metric).sort());
    if (known.has(key)) {
      reader.problems.push({ code: 'rule', path: at, found: 'the labels of a series before', expected: 'each series once' });
    }
    known.add(key);
    const unordered = values.findIndex(([seconds], place) => place > 0 && seconds <= (values[place - 1]?.[0] ?? 0));
    if (unordered > 0) {
      const expected = 'a later time than that of the point before';
      reader.problems.push({ code: 'rule', path: [...at, 'values', unordered], found: `${values[unordered]?.[0]}`, expected });
    }
    reader.points += values.length;
    const [first, last] = [values[0], values.at(-1)];
    if (first !== undefined && last !== undefined) seen(reader, first[0] * 1000, last[0] * 1000);
  }
  return data.result;
}

function seen(reader: Reader, firstMs: number, lastMs: number): void {
  reader.firstMs = Math.min(reader.firstMs, Math.round(firstMs));
  reader.lastMs = Math.max(reader.lastMs, Math.round(lastMs));
}

function pointsOf<Value>(values: Series['values'], read: (text: string) => Value): Points<Value> {
  return { timesMs: values.map(([seconds]) => Math.round(seconds * 1000)), values: values.map(([, text]) => read(text)) };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}
