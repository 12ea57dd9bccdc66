import type { AwsAnswer, AwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { createCloudWatchMetrics } from '../../../adapters/metrics/cloudwatch-metrics.ts';
import type { CloudWatchQuestion, CloudWatchSeries } from '../../../core/metric-ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

interface Asked {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type Scripted = AwsAnswer | Readonly<Record<string, unknown>>;

/** The adapter in front of an API whose answers are written down, the last of them again and again. */
export function scriptedCloudWatch(...script: readonly Scripted[]) {
  const clock = new VirtualClock();
  const calls: Asked[] = [];
  const call: AwsJsonApi = async (operation, input) => {
    const answer = script[Math.min(calls.length, script.length - 1)] ?? {};
    calls.push({ operation, input });
    return 'status' in answer ? (answer as AwsAnswer) : { status: 'ok', output: answer };
  };
  return { clock, calls, call, metrics: createCloudWatchMetrics({ call, clock }) };
}

export function failure(name: string, message = 'no', retryable = false): AwsAnswer {
  return { status: 'failed', failure: { name, message, retryable, refused: !retryable, details: undefined } };
}

export const series = (metricName: string): CloudWatchSeries => ({
  ...{ namespace: 'Shop', metricName, dimensions: { Service: 'checkout' }, stat: 'Sum' },
});
export const metric = (metricName = 'Errors', periodSeconds = 60): CloudWatchQuestion => ({
  ...{ kind: 'metric', periodSeconds, metric: series(metricName) },
});
export const share: CloudWatchQuestion = {
  ...{ kind: 'share', periodSeconds: 60, counted: [series('Errors'), series('Broken')], of: series('Requests') },
};

/** A result of GetMetricData: values of the minutes that began so many seconds after `nowMs`. */
export function result(Id: string, nowMs: number, points: readonly (readonly [seconds: number, value: unknown])[], more: object = {}) {
  const base = Math.floor(nowMs / 60_000) * 60;
  return {
    ...{ Id, Label: 'Errors', StatusCode: 'Complete' },
    Timestamps: points.map(([seconds]) => base + seconds),
    Values: points.map(([, value]) => value),
    ...more,
  };
}
