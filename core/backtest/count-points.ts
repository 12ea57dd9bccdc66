import { mostPoints, type ToRead } from './recording.ts';

/** Below these keys stand the points of a series of Prometheus, and the times of CloudWatch's datapoints. */
const ofPoints = new Set(['values', 'Timestamps']);

/**
 * How many points stand below the names that are read, before any of them is: of three times the most that a recording may have, parsing alone runs out of
 * memory. It stops counting beyond that most.
 *
 * @param value What the file's JSON comes to.
 */
export function countPoints(value: unknown, { metrics, alerts }: Pick<ToRead, 'metrics' | 'alerts'>): number {
  const { metrics: ofMetrics, alerts: ofAlerts } = fieldsOf(value);
  const left = [...metrics.map(({ name }) => fieldsOf(ofMetrics)[name]), ...alerts.map((name) => fieldsOf(ofAlerts)[name])];
  let points = 0;
  while (left.length > 0 && points <= mostPoints) {
    const each = left.pop();
    if (Array.isArray(each)) {
      for (const part of each) if (typeof part === 'object') left.push(part);
      continue;
    }
    for (const [key, part] of Object.entries(fieldsOf(each))) {
      if (Array.isArray(part) && ofPoints.has(key)) points += part.length;
      else left.push(part);
    }
  }
  return points;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
