import * as z from 'zod/mini';
import type { DelayedRole } from './metric-role.ts';
import { metricName, type QuerySpec, thresholds, toThreshold } from './query-spec.ts';
import { metricWindow } from './window-spec.ts';

/**
 * How near the canary's containers are to their limits, by what cAdvisor in each kubelet counts of every container, with any mesh and without one
 * (https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md). A container without a limit has no such series: no data.
 */

const resources = ['cpu', 'memory'] as const;
export type SaturatedResource = (typeof resources)[number];

/** A query like any other, but for what it is about. */
export type SaturationSpec = QuerySpec & { readonly saturation: SaturatedResource };

const { min: _, ...upperThresholds } = thresholds;

/**
 * Of CPU that of the alert CPUThrottlingHigh, https://github.com/kubernetes-monitoring/kubernetes-mixin. Of memory, the kernel kills at 1: what is
 * left is the time to act.
 */
const usualMax: Readonly<Record<SaturatedResource, number>> = { cpu: 0.25, memory: 0.9 };

/**
 * Two samples even where Prometheus scrapes once a minute. The alert looks back over five minutes, and has to last for fifteen; here so long a window
 * would count what a container did long before the step.
 */
const usualWindowSeconds = 120;

export const saturationMetric = z
  .strictObject({
    saturation: z
      .enum(resources)
      .check(
        z.describe(
          "cpu: the share of periods in which the canary's containers were throttled. memory: the fullest one's working set, of its limit",
        ),
      ),
    window: z.optional(metricWindow.check(z.describe('Of cpu: what it is counted over; 2m where left out'))),
    name: z.optional(metricName),
    ...upperThresholds,
    max: z.optional(
      z
        .number({ error: 'a share above 0 and below 1, such as 0.25' })
        .check(
          z.gt(0, { error: 'a share above 0' }),
          z.lt(1, { error: 'a share below 1, such as 0.25' }),
          z.describe('A measurement above it fails; where left out 0.25 of cpu, 0.9 of memory'),
        ),
    ),
  })
  .check(
    z.refine(({ saturation, window }) => saturation === 'cpu' || window === undefined, {
      error: 'no window beside memory: what is used now counts',
      path: ['window'],
    }),
  );

/** Containers are judged when they have run for a window: what their start took is no load. */
export function toSaturation(source: z.infer<typeof saturationMetric>): Omit<SaturationSpec, 'role'> & { readonly role: DelayedRole } {
  const { saturation, window = usualWindowSeconds, name = `${saturation} saturation`, max = usualMax[saturation], ...rest } = source;
  const { role, ...judged } = toThreshold({ ...rest, max }, name);
  if (saturation === 'memory') return { ...judged, role, query: memoryQuery, saturation };
  return { ...judged, role: { ...role, leastDelaySeconds: window }, query: cpuQuery(window), saturation };
}

/** The Pods of a Deployment are called after it, its ReplicaSet's hash, and a part of their own. */
const ofCanary = 'namespace="{{namespace}}",pod=~"{{canaryWorkload}}-[a-z0-9]+-[a-z0-9]+",container!=""';

/**
 * By container over all Pods, so that a busy container is not thinned by an idle sidecar, and one Pod's few periods are not taken for all. Pods that
 * came with a step, and containers that were restarted, are left out until they have run for a window; they count where their start is not known.
 */
function cpuQuery(windowSeconds: number): string {
  const young = `time() - container_start_time_seconds{${ofCanary}} < ${windowSeconds}`;
  const pooled = (counter: string) =>
    `sum by (container) (rate(${counter}{${ofCanary}}[${windowSeconds}s]) unless on (pod, container) (${young}))`;
  return `max(${pooled('container_cpu_cfs_throttled_periods_total')} / ${pooled('container_cpu_cfs_periods_total')})`;
}

/** Several series of one container, as after a restart, are one. */
const perContainer = (series: string) => `max by (pod, container) (${series})`;

/**
 * The kubelet gives its samples times of their own, so that those of a Pod that is gone would last for five minutes: here for two. Limits are
 * cAdvisor's, or kube-state-metrics': kube-prometheus-stack drops the former in favour of the latter.
 */
const memoryQuery = [
  `max(${perContainer(`last_over_time(container_memory_working_set_bytes{${ofCanary}}[2m])`)}`,
  ` / (${perContainer(`container_spec_memory_limit_bytes{${ofCanary}} > 0`)}`,
  ` or ${perContainer(`kube_pod_container_resource_limits{resource="memory",${ofCanary}}`)}))`,
].join('');
