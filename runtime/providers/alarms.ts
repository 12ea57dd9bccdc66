import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchAlarmSource } from '../../adapters/metrics/cloudwatch.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';

export const provideAlarms: Providers<'alarms'> = {
  alarms: () => createCloudWatchAlarmSource(new CloudWatchClient({ region: readVariable('region') })),
};
