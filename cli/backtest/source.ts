import { metricSourceOf } from '../../core/backtest/recording.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';

export interface BacktestOptions {
  readonly data?: string;
  readonly prometheus?: string;
  readonly cloudwatch?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly save?: string;
  readonly svg?: string;
  readonly printQueries?: boolean;
}

/** Where a recording comes from. */
export type Source =
  | { readonly kind: 'queries' }
  | { readonly kind: 'file'; readonly file: string; readonly fromMs: number | undefined; readonly toMs: number | undefined }
  | LiveSource;

/** Recorded now. */
export interface LiveSource {
  readonly kind: 'live';
  /** The address of Prometheus; undefined where it is not asked. */
  readonly prometheus: string | undefined;
  readonly cloudWatch: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

/** @throws InvalidInputError for options that do not go together. */
export function sourceOf({ data, prometheus, cloudwatch = false, from, to, save, svg, printQueries = false }: BacktestOptions): Source {
  const isLive = prometheus !== undefined || cloudwatch;
  const named = [data !== undefined, isLive, printQueries].filter(Boolean).length;
  if (named !== 1) {
    const live = cloudwatch && prometheus === undefined ? '--cloudwatch' : '--prometheus';
    throw new InvalidInputError(
      named === 0 ? 'Nothing is named to replay.' : `Only one of --data, ${live} and --print-queries can be meant.`,
      {
        remedy: 'Name a recording by --data, or a Prometheus by --prometheus, or --cloudwatch, or both of them, with --from and --to.',
      },
    );
  }
  if (save !== undefined && !isLive) {
    throw new InvalidInputError('--save is for what Prometheus and CloudWatch answer.', {
      remedy: 'Add --prometheus or --cloudwatch, or leave it out.',
    });
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
  if (fromMs !== undefined && toMs !== undefined) return { kind: 'live', prometheus, cloudWatch: cloudwatch, fromMs, toMs };
  throw new InvalidInputError(
    `${prometheus === undefined ? '--cloudwatch' : '--prometheus'} is to be asked for a time, from when to when.`,
    {
      remedy: 'Add --from and --to, such as --from 2026-11-20T10:00Z --to 2026-11-20T11:00Z.',
    },
  );
}

/** @throws InvalidInputError where one is named that the spec asks nothing of. */
export function refuseIdleSource({ analysis: { metrics, alarms, alerts } }: RolloutSpec, { prometheus, cloudWatch }: LiveSource): void {
  const asked = new Set(metrics.map(metricSourceOf));
  if (alarms.length > 0) asked.add('CloudWatch');
  if (alerts.length > 0) asked.add('Prometheus');
  const [idle] = [
    ...(prometheus !== undefined && !asked.has('Prometheus') ? ['Prometheus'] : []),
    ...(cloudWatch && !asked.has('CloudWatch') ? ['CloudWatch'] : []),
  ];
  if (idle === undefined) return;
  const [other] = asked;
  throw new InvalidInputError(`The spec asks nothing of ${idle}.`, {
    remedy: `Leave --${idle.toLowerCase()} out: what it asks is ${other}.`,
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
