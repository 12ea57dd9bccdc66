import type { LogLine, MetricLine } from '../../sandbox/log.ts';
import { sum } from './statistics.ts';

/** What Powertools puts around a line: time, level, service, ids of the request and the trace. */
const envelopeBytes = 250;
/** Start, end and report of a call, as Lambda writes them in JSON: three lines of about 350 bytes. */
const reportBytes = 1050;
/** A state makes about five events of its execution (entered, scheduled, started, succeeded, exited), which the machine logs without data. */
const transitionBytes = 5 * 450;

/** What CloudWatch Logs takes in. The sizes of what AWS itself writes are assumed, after its examples. */
export function logGigabytes(
  lines: readonly LogLine[],
  { invocations, transitions }: { readonly invocations: number; readonly transitions: number },
): number {
  const own = sum(lines.map((line) => JSON.stringify(line).length + envelopeBytes));
  return (own + invocations * reportBytes + transitions * transitionBytes) / 1e9;
}

const hourMs = 3_600_000;

/** Hours in which a metric was sent, over all metrics: once for the deployment, once more for a reason. */
export function metricHours(lines: readonly MetricLine[]): number {
  const hours = lines.flatMap(({ values, atMs, rollbackReason }) =>
    Object.keys(values).flatMap((name) =>
      [name, ...(rollbackReason === undefined ? [] : [`${name} by ${rollbackReason}`])].map(
        (each) => `${each} at ${Math.floor(atMs / hourMs)}`,
      ),
    ),
  );
  return new Set(hours).size;
}
