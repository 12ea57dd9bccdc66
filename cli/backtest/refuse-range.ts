import { alarmsKeptForSeconds } from '../../adapters/metrics/record-alarm.ts';
import { keptForSeconds } from '../../adapters/metrics/record-metric-data.ts';
import type { Range } from '../../adapters/metrics/record-range.ts';
import { firingAt } from '../../core/backtest/alarm-history.ts';
import type { Recording } from '../../core/backtest/read-recording.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { SpecQueries } from './queries.ts';

/** Of each series. Twelve days at a point every ten seconds. */
const mostPointsOfSeries = 100_000;

/** As many looks as a recording may have points. */
const mostLooks = mostPointsOfSeries;

/** @throws InvalidInputError for more points than Prometheus is to be asked for. */
export function refuseLongRecording({ startMs, endMs, stepSeconds }: Range): void {
  const points = Math.floor((endMs - startMs) / 1000 / stepSeconds) + 1;
  if (points <= mostPointsOfSeries) return;
  throw new InvalidInputError(
    `From --from to --to there are ${points} points of each series; at most ${mostPointsOfSeries} are recorded.`,
    {
      remedy: 'Name a shorter time.',
    },
  );
}

/** @throws InvalidInputError where an alarm fires at the beginning, and the spec says not to begin then. */
export function refuseFiring({ policies }: RolloutSpec, recording: Recording, fromMs: number): void {
  const firing = firingAt(recording, fromMs);
  if (firing.length === 0 || policies.alarmAtStart === 'ignore') return;
  throw new InvalidInputError(`In alarm when the rollout was to begin: ${firing.join(', ')}. It would not have begun.`, {
    remedy: 'Name another time by --from, or set policies.alarmAtStart to ignore, which passes over those alarms.',
  });
}

/** @throws InvalidInputError where CloudWatch has thrown away by now what would be asked for: it would answer nothing, and not say why. */
export function refuseForgotten({ datapoints, alarms }: SpecQueries, fromMs: number, nowMs: number): void {
  if (alarms.length > 0 && nowMs - fromMs > alarmsKeptForSeconds * 1000) {
    throw new InvalidInputError(
      `CloudWatch keeps the history of alarms for ${formatDuration(alarmsKeptForSeconds)}, and --from lies further back.`,
      {
        remedy: 'Name a later time.',
      },
    );
  }
  for (const { name, asks } of datapoints) {
    const keptSeconds = keptForSeconds(asks.periodSeconds);
    if (nowMs - fromMs <= keptSeconds * 1000) continue;
    const period = formatDuration(asks.periodSeconds);
    throw new InvalidInputError(
      `CloudWatch keeps datapoints of ${period} for ${formatDuration(keptSeconds)}, and --from lies further back (${name}).`,
      {
        remedy: 'Name a later time. Of a period of 5m it keeps them for 63 days.',
      },
    );
  }
}

/** @throws InvalidInputError where CloudWatch has nothing yet of what would be asked for: a replay would take that for no data. */
export function refuseAhead(toMs: number, nowMs: number): void {
  if (toMs <= nowMs) return;
  throw new InvalidInputError(
    `--to is ${new Date(toMs).toISOString().replace('.000Z', 'Z')}, which lies ahead: CloudWatch has nothing of it yet.`,
    {
      remedy: 'Name a time that is over, and mind the time zone.',
    },
  );
}

/** @throws InvalidInputError where not even the first step could end. */
export function refuseShort(spec: RolloutSpec, fromMs: number, toMs: number): void {
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

/** @throws InvalidInputError where a wrong year would be walked through look by look. */
export function refuseLong({ analysis: { intervalSeconds } }: RolloutSpec, fromMs: number, toMs: number): void {
  const looks = Math.floor((toMs - fromMs) / 1000 / intervalSeconds);
  if (looks <= mostLooks) return;
  const [from, to] = [fromMs, toMs].map((atMs) => new Date(atMs).toISOString());
  throw new InvalidInputError(`From ${from} to ${to} there would be ${looks} looks; at most ${mostLooks} are replayed.`, {
    remedy: 'Name the time of the rollout by --from and --to.',
  });
}
