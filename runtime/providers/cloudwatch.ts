import { systemClock } from '../../adapters/clock.ts';
import { createCloudWatchMetrics } from '../../adapters/metrics/cloudwatch-metrics.ts';
import { cloudWatchApi } from '../../adapters/metrics/cloudwatch-pages.ts';
import type { Providers } from '../define-function.ts';
import { awsJsonApi } from './aws-json-api.ts';

export const provideCloudWatch: Providers<'cloudWatch'> = {
  cloudWatch: () =>
    createCloudWatchMetrics({
      call: awsJsonApi(cloudWatchApi.service, cloudWatchApi.targetPrefix, { timeoutMs: 5_000 }),
      clock: systemClock,
    }),
};
