import { environmentCredentials } from '../../adapters/aws/credentials.ts';
import { systemClock } from '../../adapters/clock.ts';
import { createClusterOpener } from '../../adapters/eks/open-cluster.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';

export const provideClusters: Providers<'clusters'> = {
  clusters: () => ({
    open: createClusterOpener({ region: readVariable('region'), credentials: environmentCredentials(process.env), clock: systemClock }),
  }),
};
