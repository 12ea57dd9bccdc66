import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import { createPrometheusApi } from '../../adapters/metrics/prometheus-api.ts';
import { backtest as replayAll } from '../../core/backtest/backtest.ts';
import { readRecording } from '../../core/backtest/read-recording.ts';
import { isReplayed } from '../../core/backtest/recording.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { formatProblemLine } from '../../core/spec/diagnostic.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { describeBacktest } from '../backtest/describe.ts';
import { formatBacktest } from '../backtest/format.ts';
import { pictureOfBacktest } from '../backtest/picture.ts';
import { describeQueries, formatQueries, queriesOf, type SpecQueries } from '../backtest/queries.ts';
import { readJsonFile } from '../backtest/read-file.ts';
import { mostPointsOfSeries, record } from '../backtest/record.ts';
import { recordingText } from '../backtest/recording-text.ts';
import { personsCredentials, prometheusAddress } from '../connection/open-prometheus.ts';
import { exitCodes } from '../output/exit-code.ts';
import { type Io, untilAborted } from '../output/io.ts';
import type { CommandContext, Run } from './command.ts';
import { parseOrThrow, readSpecFile, specFileOf } from './spec-files.ts';

export interface BacktestOptions {
  readonly data?: string;
  readonly prometheus?: string;
  readonly from?: string;
  readonly to?: string;
  readonly save?: string;
  readonly svg?: string;
  readonly printQueries?: boolean;
}

/**
 * Replays what was recorded of a service through a spec: what the judge would have done, when, and what that would have cost. Asks nobody but the
 * Prometheus that `--prometheus` names.
 *
 * @throws InvalidInputError, SpecInvalidError, PrometheusUnavailableError, NotFoundError
 */
export function backtest(fileOrName: string, options: BacktestOptions): Run {
  return async (context) => {
    const source = sourceOf(options);
    const spec = parseOrThrow(await readSpecFile(context.io.cwd, specFileOf(fileOrName)));
    const queries = queriesOf(spec);
    if (!spec.analysis.metrics.some(isReplayed)) {
      throw new InvalidInputError('The spec asks nothing of Prometheus that is recorded: there is nothing to replay.', {
        remedy: 'Add successRate, latency or a query to analysis.metrics.',
      });
    }
    if (source.kind === 'queries') {
      context.print(describeQueries(queries), formatQueries(queries));
      return exitCodes.fine;
    }
    const obtained = await Promise.race([obtain(context, queries, source, options.save), untilAborted(context.io.interrupted)]);
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
    const toMs = source.kind === 'prometheus' ? source.toMs : Math.min(source.toMs ?? recording.lastMs, recording.lastMs);
    refuseShort(spec, fromMs, toMs);
    refuseLong(spec, fromMs, toMs);
    const badMeans = new Map(queries.compared.map((each) => [each.name, each.badMeans]));
    const result = replayAll({ spec, recording, fromMs, toMs, badMeansOf: (of) => badMeans.get(of.name) ?? 'failed' });
    if (options.svg !== undefined) await write(context.io, options.svg, pictureOfBacktest(result));
    context.print(describeBacktest(result), formatBacktest(result, context.paint));
    return { promoted: exitCodes.fine, rolledBack: exitCodes.failed, undecided: exitCodes.undecided }[result.end.outcome];
  };
}

type Source =
  | { readonly kind: 'queries' }
  | { readonly kind: 'file'; readonly file: string; readonly fromMs: number | undefined; readonly toMs: number | undefined }
  | { readonly kind: 'prometheus'; readonly url: string; readonly fromMs: number; readonly toMs: number };

/** @throws InvalidInputError for options that do not go together. */
function sourceOf({ data, prometheus, from, to, save, svg, printQueries = false }: BacktestOptions): Source {
  const named = [data !== undefined, prometheus !== undefined, printQueries].filter(Boolean).length;
  if (named !== 1) {
    throw new InvalidInputError(
      named === 0 ? 'Nothing is named to replay.' : 'Only one of --data, --prometheus and --print-queries can be meant.',
      {
        remedy: 'Name a recording by --data, or a Prometheus by --prometheus with --from and --to.',
      },
    );
  }
  if (save !== undefined && prometheus === undefined) {
    throw new InvalidInputError('--save is for what Prometheus answers.', { remedy: 'Add --prometheus, or leave it out.' });
  }
  if (printQueries) {
    if (svg === undefined && from === undefined && to === undefined) return { kind: 'queries' };
    throw new InvalidInputError('--print-queries replays nothing.', { remedy: 'Leave --svg, --from and --to out.' });
  }
  const [fromMs, toMs] = [timeOf('--from', from), timeOf('--to', to)];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new InvalidInputError('--from is not before --to.', { remedy: 'Name when the rollout begins, and a later end.' });
  }
  if (data !== undefined) return { kind: 'file', file: data, fromMs, toMs };
  if (prometheus !== undefined && fromMs !== undefined && toMs !== undefined) return { kind: 'prometheus', url: prometheus, fromMs, toMs };
  throw new InvalidInputError('--prometheus is to be asked for a time, from when to when.', {
    remedy: 'Add --from and --to, such as --from 2026-11-20T10:00Z --to 2026-11-20T11:00Z.',
  });
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = timePattern.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(atMs) && atMs >= 0) return atMs;
  throw new InvalidInputError(`${option} is ${JSON.stringify(text.slice(0, 40))}, which is no time.`, {
    remedy: 'Write it with its time zone, such as 2026-11-20T10:00Z or 2026-11-20T11:00:30+01:00.',
  });
}

/** The recording: read from its file, or asked for, and saved where that is wanted. */
async function obtain(
  { io, json }: CommandContext,
  queries: SpecQueries,
  source: Exclude<Source, { readonly kind: 'queries' }>,
  save: string | undefined,
): Promise<{ readonly value: unknown; readonly name: string }> {
  if (source.kind === 'file') return { value: await readJsonFile(io.cwd, source.file), name: source.file };
  const showsProgress = io.terminal && !json;
  const url = prometheusAddress(source.url);
  const value = await record({
    api: createPrometheusApi({ url, clock: systemClock, timeoutMs: 60_000, credentials: personsCredentials() }),
    queries,
    fromMs: source.fromMs,
    toMs: source.toMs,
    progress: (name, answered) => {
      if (showsProgress) io.err(`\r\u001b[KRecording ${name}, request ${answered}`);
    },
  }).finally(() => {
    if (showsProgress) io.err('\r\u001b[K');
  });
  if (save !== undefined) await write(io, save, recordingText(value));
  return { value, name: 'what Prometheus answered' };
}

/** @throws InvalidInputError where not even the first step could end. */
function refuseShort(spec: RolloutSpec, fromMs: number, toMs: number): void {
  const bakeSeconds = planRollout(spec).steps[0]?.bakeSeconds ?? 0;
  if (toMs - fromMs >= bakeSeconds * 1000) return;
  const left = Math.max(0, (toMs - fromMs) / 1000);
  throw new InvalidInputError(
    `What was recorded takes ${formatDuration(left)}, less than the bake of the first step, ${formatDuration(bakeSeconds)}.`,
    {
      remedy: 'Record a longer time: at best all of what `sluice plan` prints.',
    },
  );
}

/** As many looks as a recording may have points. */
const mostLooks = mostPointsOfSeries;

/** @throws InvalidInputError where a wrong year would be walked through look by look. */
function refuseLong({ analysis: { intervalSeconds } }: RolloutSpec, fromMs: number, toMs: number): void {
  const looks = Math.floor((toMs - fromMs) / 1000 / intervalSeconds);
  if (looks <= mostLooks) return;
  const [from, to] = [fromMs, toMs].map((atMs) => new Date(atMs).toISOString());
  throw new InvalidInputError(`From ${from} to ${to} there would be ${looks} looks; at most ${mostLooks} are replayed.`, {
    remedy: 'Name the time of the rollout by --from and --to.',
  });
}

async function write(io: Io, file: string, text: string): Promise<void> {
  await writeFile(resolve(io.cwd, file), text).catch((cause: unknown) => {
    throw new InvalidInputError(`${file} could not be written.`, { remedy: 'Name a file in a folder that is there and yours.', cause });
  });
}
