import { systemClock } from '../../adapters/clock.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { lazily } from './lazily.ts';

const alarmsWith = (patienceSeconds: number): Providers<'alarms'> => ({
  alarms: () => {
    const source = lazily(async () => {
      const { CloudWatchClient, createCloudWatchAlarmSource } = await import('../../adapters/metrics/cloudwatch.ts');
      const pace = { clock: systemClock, callsPerSecond: 6, patienceSeconds };
      return createCloudWatchAlarmSource(new CloudWatchClient({ region: readVariable('region') }), pace);
    });
    return { read: async (names) => (await source()).read(names) };
  },
});

/** For the sweep, which has much else to do and comes again in a minute. */
export const provideAlarms = alarmsWith(0);

/**
 * For Begin, which asks once and must not begin on an alarm that fires (J8). In 15 seconds CloudWatch answers some 140 calls: of so many
 * rollouts that begin at once each knows its alarms. Its Lambda has a minute; longer waits would hold too many Lambdas where thousands begin.
 */
export const providePatientAlarms = alarmsWith(15);
