import { type CloudWatchSender, createCloudWatchAlarmSource } from '../../adapters/metrics/cloudwatch.ts';
import type { AlarmSource } from '../../core/metric-ports.ts';
import type { CloudWatch } from './cloudwatch.ts';

/** The sandbox's CloudWatch in the place of the SDK's client. */
export function cloudWatchClient(cloudWatch: CloudWatch): CloudWatchSender {
  return { send: ({ input }) => cloudWatch.describeAlarms(input) };
}

/** Reads the sandbox's alarms by way of the real adapter, so that its batches, pages and outages are what they are on AWS. */
export function createInMemoryAlarmSource(cloudWatch: CloudWatch): AlarmSource {
  return createCloudWatchAlarmSource(cloudWatchClient(cloudWatch));
}
