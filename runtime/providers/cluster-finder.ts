import { EKSClient } from '@aws-sdk/client-eks';
import { environmentCredentials } from '../../adapters/aws/credentials.ts';
import { systemClock } from '../../adapters/clock.ts';
import { createClusterAccess } from '../../adapters/eks/cluster.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';

export const provideClusterFinder: Providers<'clusterFinder'> = {
  clusterFinder: () => {
    const region = readVariable('region');
    return createClusterAccess({
      eks: new EKSClient({ region }),
      region,
      credentials: environmentCredentials(process.env),
      clock: systemClock,
    });
  },
};
