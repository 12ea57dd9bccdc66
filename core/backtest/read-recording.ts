import { numberOf } from '../analysis/read-value.ts';
import { shorten } from '../shorten.ts';
import type { ProblemPath, SpecProblem } from '../spec/diagnostic.ts';
import { placeProblems, problemsOf, type UnplacedProblem } from '../spec/problems-of.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { SideCounters } from './growth.ts';
import type { Points } from './points.ts';
import { mostPoints, type RangeAnswer, type RecordedComparison, type RecordedSide, recordingFile } from './recording.ts';

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

/** A recording as it is replayed. */
export interface Recording {
  readonly stepMs: number;
  /** When the first and the last point of any metric were recorded. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** When the rollout that is replayed begins. */
  readonly fromMs: number;
  readonly queries: ReadonlyMap<string, readonly QuerySeries[]>;
  readonly compared: ReadonlyMap<string, ComparedSeries>;
  /** What a reader should know of it, as sentences. */
  readonly notes: readonly string[];
}

export type ReadRecording =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Reads what was recorded of the metrics of a spec; what else stands in the file is passed over.
 *
 * @param value What the file's JSON comes to.
 * @param file As it was named, for problems.
 */
export function readRecording(value: unknown, file: string, analysis: Pick<RolloutSpec['analysis'], 'metrics'>): ReadRecording {
  const schema = recordingFile(analysis);
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, value, { schema, file }) };
  const { stepSeconds, from, metrics } = parsed.data;
  const reader = newReader();
  const queries = new Map<string, readonly QuerySeries[]>();
  const compared = new Map<string, ComparedSeries>();
  for (const [name, recorded] of Object.entries(metrics)) {
    const path = ['metrics', name];
    if ('status' in recorded) queries.set(name, querySeries(reader, recorded, path));
    else compared.set(name, comparedSeries(reader, recorded, path));
  }
  const fromMs = from === undefined ? reader.firstMs : Date.parse(from);
  const problems = [...reader.problems, ...outOfBounds(reader, from === undefined ? undefined : fromMs)];
  if (problems.length > 0) return { ok: false, problems: placeProblems(problems, { file }) };
  const { firstMs, lastMs, notes } = reader;
  return { ok: true, recording: { stepMs: stepSeconds * 1000, firstMs, lastMs, fromMs, queries, compared, notes } };
}

/** What was seen while reading. */
interface Reader {
  readonly problems: UnplacedProblem[];
  readonly notes: string[];
  points: number;
  firstMs: number;
  lastMs: number;
}

function newReader(): Reader {
  return { problems: [], notes: [], points: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
}

function outOfBounds({ points, lastMs }: Reader, fromMs: number | undefined): UnplacedProblem[] {
  if (points > mostPoints) {
    const hint = 'record a shorter time, or a longer step';
    return [{ code: 'tooLarge', path: ['metrics'], found: `${points} points`, expected: `at most ${mostPoints}`, hint }];
  }
  if (points === 0) {
    const hint = 'the service had no traffic then, or the queries are of other series: `sluice backtest --print-queries` prints them';
    return [{ code: 'rule', path: ['metrics'], found: 'no point of any metric', expected: 'answers with points', hint }];
  }
  if (fromMs === undefined || fromMs < lastMs) return [];
  const expected = `a time before the last point, ${iso(lastMs)}`;
  return [{ code: 'outOfRange', path: ['from'], found: iso(fromMs), expected }];
}

function querySeries(reader: Reader, answer: RangeAnswer, path: ProblemPath): QuerySeries[] {
  return seriesOf(reader, answer, path).map(({ metric, values }) => ({ metric, ...pointsOf(values, (text) => text) }));
}

function comparedSeries(reader: Reader, { canary, stable, scraped }: RecordedComparison, path: ProblemPath): ComparedSeries {
  const [ofScrapes] = scraped === undefined ? [] : counters(reader, scraped, [...path, 'scraped']);
  return {
    canary: sideCounters(reader, canary, [...path, 'canary']),
    stable: sideCounters(reader, stable, [...path, 'stable']),
    scraped: scraped === undefined ? undefined : (ofScrapes ?? { timesMs: [], values: [] }),
  };
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
  const seen = new Set<string>();
  for (const [index, { metric, values }] of data.result.entries()) {
    const at = [...path, 'data', 'result', index];
    const key = JSON.stringify(Object.entries(metric).sort());
    if (seen.has(key)) {
      reader.problems.push({ code: 'rule', path: at, found: 'the labels of a series before', expected: 'each series once' });
    }
    seen.add(key);
    const unordered = values.findIndex(([seconds], place) => place > 0 && seconds <= (values[place - 1]?.[0] ?? 0));
    if (unordered > 0) {
      const expected = 'a later time than that of the point before';
      reader.problems.push({ code: 'rule', path: [...at, 'values', unordered], found: `${values[unordered]?.[0]}`, expected });
    }
    reader.points += values.length;
    const [first, last] = [values[0], values.at(-1)];
    if (first !== undefined && last !== undefined) {
      reader.firstMs = Math.min(reader.firstMs, Math.round(first[0] * 1000));
      reader.lastMs = Math.max(reader.lastMs, Math.round(last[0] * 1000));
    }
  }
  return data.result;
}

function pointsOf<Value>(values: Series['values'], read: (text: string) => Value): Points<Value> {
  return { timesMs: values.map(([seconds]) => Math.round(seconds * 1000)), values: values.map(([, text]) => read(text)) };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}
