import { environmentCredentials } from '../../adapters/aws/credentials.ts';
import { systemClock } from '../../adapters/clock.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { lazily } from './lazily.ts';

export const provideClusterFinder: Providers<'clusterFinder'> = {
  clusterFinder: () => {
    const access = lazily(async () => {
      const { createClusterAccess, EKSClient } = await import('../../adapters/eks/cluster.ts');
      const region = readVariable('region');
      const credentials = environmentCredentials(process.env);
      return createClusterAccess({ eks: new EKSClient({ region }), region, credentials, clock: systemClock });
    });
    return { find: async (name) => (await access()).find(name) };
  },
};
