import { escapeForPromql } from '../../core/analysis/query-template.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import type { Telemetry } from '../../core/spec/telemetry-spec.ts';

/** What the series of the two sides are told apart by. */
export interface ShareNames {
  readonly kind: RouterKind;
  readonly namespace: string;
  readonly stableService: string;
  readonly canaryService: string;
  readonly stableDeployment: string;
  readonly canaryDeployment: string;
  readonly subsets?: { readonly host: string; readonly stable: string; readonly canary: string } | undefined;
  /** The routes are of connections, not of requests. */
  readonly connections: boolean;
  readonly telemetry?: Telemetry | undefined;
}

export type Side = 'stable' | 'canary';
export type Labels = Readonly<Record<string, string>>;
/** What a mesh's series tell a side by. */
export type LabelsOf = (side: Side) => Labels;

/** Who reports a request, the best first: whoever sent it, a waypoint, or whoever got it. */
export const istioReporters = ['source', 'waypoint', 'destination'] as const;

export function istioLabels({ subsets, ...names }: ShareNames, reporter: string): LabelsOf {
  const ofService = (service: string): Labels => ({
    reporter,
    destination_service_name: service,
    destination_service_namespace: names.namespace,
  });
  return (side) => {
    if (subsets === undefined) return ofService(side === 'stable' ? names.stableService : names.canaryService);
    return { ...ofService(subsets.host), destination_workload: side === 'stable' ? names.stableDeployment : names.canaryDeployment };
  };
}

export function linkerdLabels({ namespace, stableDeployment, canaryDeployment }: ShareNames): LabelsOf {
  return (side) => ({
    direction: 'outbound',
    dst_namespace: namespace,
    dst_deployment: side === 'stable' ? stableDeployment : canaryDeployment,
  });
}

export function consulLabels({ subsets, stableService }: ShareNames): LabelsOf {
  const { host, ...names } = subsets ?? { host: stableService, stable: 'stable', canary: 'canary' };
  return (side) => ({ consul_destination_service: host, consul_destination_service_subset: names[side] });
}

/** @param more Matchers as PromQL writes them, for what is no equality. */
export function selector(metric: string, labels: Labels, more?: string): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}="${escapeForPromql(value)}"`);
  return `${metric}{${[...matchers, ...(more === undefined ? [] : [more])].join(',')}}`;
}
