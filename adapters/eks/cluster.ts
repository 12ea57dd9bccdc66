import { DescribeClusterCommand, type EKSClient, ResourceNotFoundException } from '@aws-sdk/client-eks';
import * as z from 'zod/mini';
import { AwsUnavailableError, NotFoundError } from '../../core/errors.ts';
import type { ClusterAccess, ClusterEndpoint } from '../../core/ports.ts';
import { createClusterOpener, type OpenClusterOptions } from './open-cluster.ts';

export { EKSClient } from '@aws-sdk/client-eks';

const describedCluster = z.looseObject({
  endpoint: z.url({ protocol: /^https$/ }),
  certificateAuthority: z.looseObject({ data: z.string().check(z.minLength(1)) }),
});

export interface ClusterAccessOptions extends OpenClusterOptions {
  readonly eks: EKSClient;
}

/** The port ClusterAccess on EKS: DescribeCluster finds an endpoint, and a client with EKS tokens opens it. */
export function createClusterAccess(options: ClusterAccessOptions): ClusterAccess {
  const { eks, ...opening } = options;
  return { open: createClusterOpener(opening), find: (clusterName) => findCluster(eks, opening.region, clusterName) };
}

async function findCluster(eks: EKSClient, region: string, clusterName: string): Promise<ClusterEndpoint> {
  const answer = await eks.send(new DescribeClusterCommand({ name: clusterName })).catch((cause: unknown) => {
    if (cause instanceof ResourceNotFoundException) {
      throw new NotFoundError(`There is no EKS cluster ${clusterName} in ${region}.`, {
        remedy: 'Correct `cluster` in the rollout spec, or deploy Sluice in the region of the cluster.',
        cause,
      });
    }
    throw new AwsUnavailableError(`EKS did not describe cluster ${clusterName}.`, {
      remedy: 'It is tried again; if it lasts, see that the role may call eks:DescribeCluster.',
      cause,
    });
  });
  const cluster = describedCluster.safeParse(answer.cluster);
  if (!cluster.success) {
    throw new AwsUnavailableError(`EKS described cluster ${clusterName} without an endpoint or a certificate authority.`, {
      remedy: 'See that the cluster is ACTIVE; it has neither while it is being created.',
      cause: new Error(z.prettifyError(cluster.error)),
    });
  }
  const certificateAuthority = Buffer.from(cluster.data.certificateAuthority.data, 'base64').toString('utf8');
  return { name: clusterName, endpoint: cluster.data.endpoint, certificateAuthority };
}
