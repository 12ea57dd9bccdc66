import type { Measurement } from '../metric-ports.ts';
import { formatDuration } from '../spec/duration.ts';

/**
 * A measurement that only tells of this rollout's canary (W2). The canary's Service has the same name in every rollout, so a query that
 * looks back beyond the end of the one before would be answered with what that one did: no data yet, rather than somebody else's.
 *
 * @param otherCanaryUntilMs Until when another canary may have answered; undefined where there was none.
 */
export function ownMeasurement(measurement: Measurement, windowSeconds: number, otherCanaryUntilMs: number | undefined): Measurement {
  if (otherCanaryUntilMs === undefined || measurement.atMs - windowSeconds * 1000 >= otherCanaryUntilMs) return measurement;
  const { name, atMs } = measurement;
  const leftSeconds = Math.ceil((otherCanaryUntilMs + windowSeconds * 1000 - atMs) / 1000);
  const why = `its window of ${formatDuration(windowSeconds)} still holds answers of the canary before, for ${formatDuration(leftSeconds)} more.`;
  return { name, atMs, status: 'noData', why };
}
