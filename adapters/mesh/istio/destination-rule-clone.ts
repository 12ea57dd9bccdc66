import * as z from 'zod/mini';
import type { KubernetesObject } from '../../../core/ports.ts';
import type { Resilience } from '../../../core/spec/resilience-spec.ts';
import { copyAnnotations, copyLabels } from '../../eks/workload/copied-metadata.ts';
import { type Owner, sideLabel } from '../../eks/workload/names.ts';
import { ownerAnnotations } from '../../eks/workload/ownership.ts';
import { type DestinationRule, destinationRuleRef, type TrafficPolicy } from './destination-rule.ts';

export type OutlierDetection = NonNullable<Resilience['outlierDetection']>;

export interface CloneWanted extends Owner {
  readonly namespace: string;
  readonly canaryService: string;
  readonly outlierDetection: OutlierDetection | undefined;
}

const settings = z.record(z.string(), z.unknown());
const portSettings = z.array(settings);

/**
 * The canary's DestinationRule: what rules stable's host, for the canary's, with the circuit breaking that the spec asks for. Subsets are left
 * out, since no route of the canary's host names one. Undefined where there is nothing to say.
 */
export function canaryDestinationRule(stable: DestinationRule | undefined, wanted: CloneWanted): KubernetesObject | undefined {
  const trafficPolicy = withOutlierDetection(stable?.spec.trafficPolicy ?? {}, wanted.outlierDetection);
  if (Object.keys(trafficPolicy).length === 0) return undefined;
  const { exportTo, workloadSelector } = stable?.spec ?? {};
  return {
    apiVersion: destinationRuleRef(wanted.namespace, wanted.canaryService).apiVersion,
    kind: 'DestinationRule',
    metadata: {
      name: wanted.canaryService,
      namespace: wanted.namespace,
      labels: { ...copyLabels(stable?.metadata.labels), [sideLabel]: 'canary' },
      annotations: { ...copyAnnotations(stable?.metadata.annotations), ...ownerAnnotations(wanted) },
    },
    spec: {
      host: wanted.canaryService,
      trafficPolicy,
      ...(exportTo == null ? {} : { exportTo }),
      ...(workloadSelector == null ? {} : { workloadSelector }),
    },
  };
}

/**
 * What stable's policy says of outliers stays, but for what the spec asks. Settings of one port take the place of all others for that port, so
 * it is written there too.
 *
 * @example { consecutive5xx: 5, intervalSeconds: 10, ejectionSeconds: 30, mostOutPercent: 50 } becomes
 *   { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s', maxEjectionPercent: 50 }
 */
function withOutlierDetection(policy: TrafficPolicy, asked: OutlierDetection | undefined): TrafficPolicy {
  if (asked === undefined) return policy;
  const written = {
    consecutive5xxErrors: asked.consecutive5xx,
    interval: `${asked.intervalSeconds}s`,
    baseEjectionTime: `${asked.ejectionSeconds}s`,
    maxEjectionPercent: asked.mostOutPercent,
  };
  const merge = (place: TrafficPolicy) => ({ ...place, outlierDetection: { ...read(settings, place['outlierDetection']), ...written } });
  const ports = read(portSettings, policy['portLevelSettings']);
  return { ...merge(policy), ...(ports === undefined ? {} : { portLevelSettings: ports.map(merge) }) };
}

function read<T>(schema: z.ZodMiniType<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
