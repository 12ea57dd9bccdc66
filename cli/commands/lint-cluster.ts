import { systemClock } from '../../adapters/clock.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { inspectRollout } from '../../runtime/acts/inspect-rollout.ts';
import { openKubeconfig } from '../connection/kubeconfig/open-kubeconfig.ts';
import type { Io } from '../output/io.ts';

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What was found in a cluster, spec by spec. */
export interface ClusterInspection {
  readonly context: string;
  readonly server: string;
  readonly rollouts: readonly {
    readonly rollout: string;
    readonly file: string;
    readonly findings: readonly Finding[];
  }[];
}

/**
 * Looks at the service of each spec as the preflight of its rollout would, by the person's own kubeconfig. One after the other, so that a
 * folder of specs does not come over the API server like a storm.
 *
 * @throws NotFoundError, InvalidInputError, ClusterForbiddenError, ClusterUnavailableError
 */
export async function inspectInCluster(
  { cwd, environment }: Pick<Io, 'cwd' | 'environment'>,
  specs: readonly { readonly file: string; readonly spec: RolloutSpec }[],
  { kubeconfig, context }: ClusterOptions,
): Promise<ClusterInspection> {
  const opened = await openKubeconfig({ file: kubeconfig, context, cwd, environment, clock: systemClock });
  const rollouts: ClusterInspection['rollouts'][number][] = [];
  for (const { file, spec } of specs) {
    rollouts.push({ rollout: spec.name, file, findings: await inspectRollout(opened.api, spec) });
  }
  return { context: opened.context, server: opened.server, rollouts };
}
