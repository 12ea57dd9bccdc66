import { queriesOf, wordsOf } from '../../cli/backtest/queries.ts';
import { record } from '../../cli/backtest/record.ts';
import { type Backtest, backtest } from '../../core/backtest/backtest.ts';
import { type Recording, readRecording } from '../../core/backtest/read-recording.ts';
import type { RecordingFile } from '../../core/backtest/recording.ts';
import { type RolloutSpec, type RolloutSpecSource, rolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { MetricStore } from '../../sandbox/cloudwatch/metric-store.ts';
import type { SeriesStore } from '../../sandbox/prometheus/series-store.ts';
import { specSource, startMs } from '../core/rollout/rollout-for-tests.ts';
import { cloudWatchOf } from './load-balancer.ts';
import { prometheusOf, standingClock } from './prometheus-of-store.ts';

/** A spec that compares by successRate and latency alone, with whatever a test changes of it. */
export function comparingSpec(change: Partial<RolloutSpecSource> = {}, analysis: Partial<RolloutSpecSource['analysis']> = {}): RolloutSpec {
  const prometheus = { url: 'http://prometheus.example.com' };
  const metrics: RolloutSpecSource['analysis']['metrics'] = ['successRate', { latency: { above: '250ms' } }];
  return rolloutSpec.parse(specSource({ analysis: { interval: '10s', prometheus, metrics, ...analysis }, ...change }));
}

/** What `sluice backtest --save` writes of what a Prometheus has scraped, and of what was written to CloudWatch. */
export function recordFor(spec: RolloutSpec, store: SeriesStore, forSeconds: number, metrics?: MetricStore): Promise<RecordingFile> {
  const [fromMs, toMs] = [startMs, startMs + forSeconds * 1000];
  const cloudWatch = metrics === undefined ? {} : { cloudWatch: { call: cloudWatchOf(metrics), clock: standingClock(), attempts: 1 } };
  return record({ prometheus: prometheusOf(store), ...cloudWatch, queries: queriesOf(spec), fromMs, toMs, progress: () => undefined });
}

export function readOrThrow(file: unknown, spec: RolloutSpec): Recording {
  const read = readRecording(JSON.parse(JSON.stringify(file)), 'recording.json', spec.analysis);
  if (!read.ok) throw new Error(read.problems.map(({ path, found, expected }) => `${path}: ${found}, ${expected}`).join('\n'));
  return read.recording;
}

export function replayOf(file: unknown, spec: RolloutSpec, toMs?: number): Backtest {
  const recording = readOrThrow(file, spec);
  return backtest({ spec, recording, fromMs: recording.fromMs, toMs: toMs ?? recording.lastMs, ...wordsOf(queriesOf(spec)) });
}
