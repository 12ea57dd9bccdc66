import type { SpecProblem } from '../spec/diagnostic.ts';
import { placeProblems, problemsOf } from '../spec/problems-of.ts';
import { isCloudWatch, type MetricSpec, type RolloutSpec } from '../spec/rollout-spec.ts';
import type { RecordedDatapoints } from './recorded-datapoint.ts';
import { metricsToRead, type RecordedMetricAnswer, recordingFile } from './recording.ts';
import {
  type ComparedSeries,
  newReader,
  outOfBounds,
  type QuerySeries,
  type Reader,
  readComparison,
  readMetricData,
  readQuery,
} from './recording-reader.ts';

/** What was recorded of a metric that compares samples. */
export interface SampledSeries {
  readonly canary: readonly QuerySeries[];
  readonly baseline: readonly QuerySeries[];
}

/** A recording as it is replayed: what was recorded of each metric, by its name. */
export interface Recording {
  readonly stepMs: number;
  /** When the first and the last point of any metric were recorded. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** When the rollout that is replayed begins. */
  readonly fromMs: number;
  readonly queries: ReadonlyMap<string, readonly QuerySeries[]>;
  readonly compared: ReadonlyMap<string, ComparedSeries>;
  readonly samples: ReadonlyMap<string, SampledSeries>;
  readonly datapoints: ReadonlyMap<string, RecordedDatapoints>;
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
  const toRead = metricsToRead(value, analysis.metrics);
  const schema = recordingFile(toRead);
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, value, { schema, file }) };
  const { stepSeconds, from, metrics } = parsed.data;
  const reader = newReader();
  const series = newSeries();
  for (const of of toRead) {
    const recorded = metrics[of.name];
    if (recorded !== undefined) readMetric(reader, series, of, recorded);
  }
  const fromMs = from === undefined ? reader.firstMs : Date.parse(from);
  const problems = [...reader.problems, ...outOfBounds(reader, from === undefined ? undefined : fromMs)];
  if (problems.length > 0) return { ok: false, problems: placeProblems(problems, { file }) };
  const { firstMs, lastMs, notes } = reader;
  return { ok: true, recording: { stepMs: stepSeconds * 1000, firstMs, lastMs, fromMs, ...series, notes } };
}

function newSeries() {
  return {
    queries: new Map<string, readonly QuerySeries[]>(),
    compared: new Map<string, ComparedSeries>(),
    samples: new Map<string, SampledSeries>(),
    datapoints: new Map<string, RecordedDatapoints>(),
  };
}

function readMetric(reader: Reader, series: ReturnType<typeof newSeries>, of: MetricSpec, recorded: RecordedMetricAnswer): void {
  const { name } = of;
  const path = ['metrics', name];
  if ('status' in recorded) series.queries.set(name, readQuery(reader, recorded, path));
  else if ('stable' in recorded) series.compared.set(name, readComparison(reader, recorded, path));
  else if ('baseline' in recorded) {
    const side = (key: 'canary' | 'baseline') => readQuery(reader, recorded[key], [...path, key]);
    series.samples.set(name, { canary: side('canary'), baseline: side('baseline') });
  } else if (isCloudWatch(of)) series.datapoints.set(name, readMetricData(reader, recorded, of.asks, path));
}
