import { systemClock } from '../../adapters/clock.ts';
import { createPrometheusApi } from '../../adapters/metrics/prometheus-api.ts';
import { backtest as replayAll } from '../../core/backtest/backtest.ts';
import { readRecording } from '../../core/backtest/read-recording.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { formatProblemLine } from '../../core/spec/diagnostic.ts';
import { describeBacktest } from '../backtest/describe.ts';
import { formatBacktest } from '../backtest/format.ts';
import { pictureOfBacktest } from '../backtest/picture.ts';
import { describeQueries, formatQueries, queriesOf, type SpecQueries, wordsOf } from '../backtest/queries.ts';
import { readJsonFile } from '../backtest/read-file.ts';
import { type RecordedSources, record } from '../backtest/record.ts';
import { recordingText } from '../backtest/recording-text.ts';
import { refuseAhead, refuseFiring, refuseForgotten, refuseLong, refuseShort } from '../backtest/refuse-range.ts';
import { type BacktestOptions, type LiveSource, refuseIdleSource, type Source, sourceOf } from '../backtest/source.ts';
import { refuseUnwritable, writeText } from '../backtest/write-file.ts';
import { openCloudWatch } from '../connection/open-cloudwatch.ts';
import { personsCredentials, prometheusAddress } from '../connection/open-prometheus.ts';
import { exitCodes } from '../output/exit-code.ts';
import { type Io, untilAborted } from '../output/io.ts';
import type { CommandContext, Run } from './command.ts';
import { parseOrThrow, readSpecFile, specFileOf } from './spec-files.ts';

/**
 * Replays what was recorded of a service through a spec: what the judge would have done, when, and what that would have cost. Asks nobody but the
 * Prometheus that `--prometheus` names, and CloudWatch where `--cloudwatch` says so.
 *
 * @param region Of CloudWatch; that of the environment where left out.
 * @throws InvalidInputError, SpecInvalidError, PrometheusUnavailableError, AwsUnavailableError, NotFoundError
 */
export function backtest(fileOrName: string, options: BacktestOptions, region?: string): Run {
  return async (context) => {
    const source = sourceOf(options);
    const spec = parseOrThrow(await readSpecFile(context.io.cwd, specFileOf(fileOrName)));
    const queries = queriesOf(spec);
    if (source.kind === 'queries') {
      context.print(describeQueries(queries), formatQueries(queries));
      return exitCodes.fine;
    }
    if (source.kind === 'live') refuseIdleSource(spec, source);
    for (const file of [options.save, options.svg]) if (file !== undefined) await refuseUnwritable(context.io.cwd, file);
    const obtained = await Promise.race([obtain(context, queries, source, { ...options, region }), untilAborted(context.io.interrupted)]);
    if (obtained === undefined) return exitCodes.interrupted;
    const { value, name } = obtained;
    const read = readRecording(value, name, spec.analysis);
    if (!read.ok) {
      throw new InvalidInputError(read.problems.map(formatProblemLine).join('\n'), {
        remedy: '`sluice backtest <spec> --print-queries` prints what a recording is made of.',
      });
    }
    const { recording } = read;
    const fromMs = source.fromMs ?? recording.fromMs;
    const toMs = source.kind === 'live' ? source.toMs : Math.min(source.toMs ?? recording.lastMs, recording.lastMs);
    refuseShort(spec, fromMs, toMs);
    refuseLong(spec, fromMs, toMs);
    refuseFiring(spec, recording, fromMs);
    const result = replayAll({ spec, recording, fromMs, toMs, ...wordsOf(queries) });
    if (options.svg !== undefined) await writeText(context.io.cwd, options.svg, pictureOfBacktest(result));
    context.print(describeBacktest(result), formatBacktest(result, context.paint));
    return { promoted: exitCodes.fine, rolledBack: exitCodes.failed, undecided: exitCodes.undecided }[result.end.outcome];
  };
}

/** The recording: read from its file, or asked for, and saved where that is wanted. */
async function obtain(
  { io, json }: CommandContext,
  queries: SpecQueries,
  source: Exclude<Source, { readonly kind: 'queries' }>,
  { save, region }: Pick<BacktestOptions, 'save'> & { readonly region: string | undefined },
): Promise<{ readonly value: unknown; readonly name: string }> {
  if (source.kind === 'file') return { value: await readJsonFile(io.cwd, source.file), name: source.file };
  const showsProgress = io.terminal && !json;
  const { fromMs, toMs } = source;
  if (source.cloudWatch) {
    const nowMs = (io.clock ?? systemClock).now();
    refuseForgotten(queries, fromMs, nowMs);
    refuseAhead(toMs, nowMs);
  }
  const value = await record({
    ...openSources(io, source, region),
    queries,
    fromMs,
    toMs,
    progress: (name, answered) => {
      if (showsProgress) io.err(`\r\u001b[KRecording ${name}, request ${answered}`);
    },
  }).finally(() => {
    if (showsProgress) io.err('\r\u001b[K');
  });
  if (save !== undefined) await writeText(io.cwd, save, recordingText(value));
  return { value, name: 'what was answered' };
}

/** A person waits, and asks once: a call is tried more often than in a rollout, whose next look comes anyway. */
const attempts = 6;

function openSources(io: Io, { prometheus, cloudWatch }: LiveSource, region: string | undefined): RecordedSources {
  const clock = systemClock;
  return {
    ...(prometheus === undefined
      ? {}
      : {
          prometheus: createPrometheusApi({
            url: prometheusAddress(prometheus),
            clock,
            timeoutMs: 60_000,
            credentials: personsCredentials(),
          }),
        }),
    ...(cloudWatch ? { cloudWatch: { call: openCloudWatch(io, region).call, clock, attempts } } : {}),
  };
}
