import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { lazily } from './lazily.ts';

export const provideAlarms: Providers<'alarms'> = {
  alarms: () => {
    const source = lazily(async () => {
      const { CloudWatchClient, createCloudWatchAlarmSource } = await import('../../adapters/metrics/cloudwatch.ts');
      return createCloudWatchAlarmSource(new CloudWatchClient({ region: readVariable('region') }));
    });
    return { read: async (names) => (await source()).read(names) };
  },
};
