import type { SpecProblem } from '../spec/diagnostic.ts';
import { placeProblems, problemsOf } from '../spec/problems-of.ts';
import { isCloudWatch, type MetricSpec } from '../spec/rollout-spec.ts';
import { ownTextsOnly } from '../spec/schema-walk.ts';
import type { AlarmChange } from './alarm-history.ts';
import { countPoints } from './count-points.ts';
import type { RecordedDatapoints } from './recorded-datapoint.ts';
import { partToRead, type RecordedMetricAnswer, recordingFile, type ToRead } from './recording.ts';
import {
  type ComparedSeries,
  newReader,
  outOfBounds,
  type QuerySeries,
  type Reader,
  readAlarm,
  readAlert,
  readComparison,
  readMetricData,
  readQuery,
  tooManyPoints,
} from './recording-reader.ts';

/** What was recorded of a metric that compares samples. */
export interface SampledSeries {
  readonly canary: readonly QuerySeries[];
  readonly baseline: readonly QuerySeries[];
}

/** A recording as it is replayed: what was recorded of each metric, by its name. */
export interface Recording {
  readonly stepMs: number;
  /** When the recording ends. */
  readonly lastMs: number;
  /** When the rollout that is replayed begins. */
  readonly fromMs: number;
  readonly queries: ReadonlyMap<string, readonly QuerySeries[]>;
  readonly compared: ReadonlyMap<string, ComparedSeries>;
  readonly samples: ReadonlyMap<string, SampledSeries>;
  readonly datapoints: ReadonlyMap<string, RecordedDatapoints>;
  readonly alarms: ReadonlyMap<string, readonly AlarmChange[]>;
  readonly alerts: ReadonlyMap<string, readonly AlarmChange[]>;
  /** What a reader should know of it, as sentences. */
  readonly notes: readonly string[];
}

export type ReadRecording =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Reads what was recorded of the metrics, the alarms and the alerts of a spec; what else stands in the file is passed over.
 *
 * @param value What the file's JSON comes to.
 * @param file As it was named, for problems.
 */
export function readRecording(value: unknown, file: string, analysis: ToRead): ReadRecording {
  const toRead = partToRead(value, analysis);
  const tooMany = tooManyPoints(countPoints(value, toRead));
  if (tooMany.length > 0) return { ok: false, problems: placeProblems(tooMany, { file }) };
  const schema = recordingFile(toRead);
  const parsed = schema.safeParse(value, ownTextsOnly);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, value, { schema, file }) };
  const { stepSeconds, from, to, metrics } = parsed.data;
  const stepMs = stepSeconds * 1000;
  const reader = newReader();
  const series = newSeries();
  for (const of of toRead.metrics) {
    const recorded = metrics[of.name];
    if (recorded !== undefined) readMetric(reader, series, of, recorded);
  }
  const alarms = Object.entries(parsed.data.alarms ?? {}).map(
    ([name, alarm]) => [name, readAlarm(reader, alarm, ['alarms', name])] as const,
  );
  const alerts = Object.entries(parsed.data.alerts ?? {}).map(([name, alert]) => {
    return [name, readAlert(reader, alert, { path: ['alerts', name], stepMs })] as const;
  });
  const fromMs = from === undefined ? reader.firstMs : Date.parse(from);
  const lastMs = to === undefined ? reader.lastMs : Date.parse(to);
  const problems = [...reader.problems, ...outOfBounds(reader, fromMs, lastMs)];
  if (problems.length > 0) return { ok: false, problems: placeProblems(problems, { file }) };
  const { notes } = reader;
  return { ok: true, recording: { stepMs, lastMs, fromMs, ...series, alarms: new Map(alarms), alerts: new Map(alerts), notes } };
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
