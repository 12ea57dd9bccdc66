import { systemClock } from '../../adapters/clock.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { lazily } from './lazily.ts';

export const provideAlarms: Providers<'alarms'> = {
  alarms: () => {
    const source = lazily(async () => {
      const { CloudWatchClient, createCloudWatchAlarmSource } = await import('../../adapters/metrics/cloudwatch.ts');
      const pace = { clock: systemClock, callsPerSecond: 6 };
      return createCloudWatchAlarmSource(new CloudWatchClient({ region: readVariable('region') }), pace);
    });
    return { read: async (names) => (await source()).read(names) };
  },
};
