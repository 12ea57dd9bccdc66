import { afterEach } from 'vitest';
import type { Finding } from '../../../core/preflight/finding.ts';
import { inspectRollout } from '../../../runtime/acts/inspect-rollout.ts';
import { type Manifest, type ServiceInCluster, specWith, startServiceInCluster } from './service-in-cluster.ts';

let cluster: ServiceInCluster | undefined;

/** Ends the cluster of a test, or the first of two. */
export const closeCluster = async () => cluster?.close();
afterEach(closeCluster);

/** A service in a cluster of its own, until the end of the test. */
export async function start(...more: readonly Manifest[]): Promise<ServiceInCluster> {
  cluster = await startServiceInCluster(...more);
  return cluster;
}

/** What is found of a service as it should be, but for what is in its cluster besides. */
export async function inspect(...more: readonly Manifest[]): Promise<readonly Finding[]> {
  const { api } = await start(...more);
  return inspectRollout(api, specWith());
}

export function of(severity: Finding['severity'], findings: readonly Finding[]): Finding[] {
  return findings.filter((each) => each.severity === severity);
}
