import { systemClock } from '../../adapters/clock.ts';
import { createCloudWatchMetrics } from '../../adapters/metrics/cloudwatch-metrics.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { isCloudWatch, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { inspectMetrics } from '../../runtime/acts/inspect-metrics.ts';
import { openCloudWatch } from '../connection/open-cloudwatch.ts';
import type { Io } from '../output/io.ts';

/** What was found in CloudWatch, for each spec that asks it. */
export interface CloudWatchInspection {
  readonly region: string;
  readonly rollouts: readonly { readonly rollout: string; readonly file: string; readonly findings: readonly Finding[] }[];
}

/**
 * Asks CloudWatch for the metrics of each spec as the preflight of its rollout would, by the person's own credentials. One spec after the other, because
 * ListMetrics has a quota that others need too.
 *
 * @throws InvalidInputError without a region.
 */
export async function inspectInCloudWatch(
  io: Pick<Io, 'environment'>,
  specs: readonly { readonly file: string; readonly spec: RolloutSpec }[],
  given: string | undefined,
): Promise<CloudWatchInspection> {
  const { call, region } = openCloudWatch(io, given);
  const cloudWatch = createCloudWatchMetrics({ call, clock: systemClock });
  const rollouts: CloudWatchInspection['rollouts'][number][] = [];
  for (const { file, spec } of specs) {
    if (!spec.analysis.metrics.some(isCloudWatch)) continue;
    rollouts.push({ rollout: spec.name, file, findings: await inspectMetrics(cloudWatch, spec) });
  }
  return { region, rollouts };
}
