import type * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { gatewayRoute, withRouteDefaults } from './gateway-api-defaults.ts';
import { isRecord, sameJson } from './json.ts';
import * as manifests from './manifests.ts';
import { applyMergePatch } from './merge-patch.ts';
import { destinationRules, grpcRoutes, httpRoutes, virtualServices } from './mesh-types.ts';
import type { ResourceType } from './resource-type.ts';
import * as types from './resource-types.ts';
import { deniedByIstio, type FieldCause, invalid, type Outcome } from './status.ts';

const schemas = new Map<ResourceType, z.ZodMiniType>([
  [types.deployments, manifests.deployment],
  [types.statefulSets, manifests.statefulSet],
  [types.pods, manifests.pod],
  [types.services, manifests.service],
  [types.endpointSlices, manifests.endpointSlice],
  [types.autoscalers, manifests.autoscaler],
  [virtualServices, manifests.virtualService],
  [destinationRules, manifests.destinationRule],
  [httpRoutes, gatewayRoute],
  [grpcRoutes, gatewayRoute],
]);

/** What the API server fills in where a manifest leaves it out, as a merge patch under the manifest. */
const defaults = new Map<ResourceType, Readonly<Record<string, unknown>>>([
  [
    types.deployments,
    { spec: { replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } } },
  ],
  [types.statefulSets, { spec: { replicas: 1 } }],
  [types.services, { spec: { type: 'ClusterIP', sessionAffinity: 'None' } }],
  [types.autoscalers, { spec: { minReplicas: 1 } }],
]);

/**
 * What happens to an object between its arrival and the store: defaults are filled in, then it is checked for what a wrong
 * manifest would trip over. `previous` is the object that it replaces.
 */
export function admit(type: ResourceType, object: unknown, previous?: KubernetesObject): Outcome<KubernetesObject> {
  const filled = withDefaults(type, object);
  const envelope = manifests.anyObject.safeParse(filled);
  const name = nameOf(filled);
  if (!envelope.success) return { refused: invalid(type, name, causesOf(filled, envelope.error)) };
  const parsed = schemas.get(type)?.safeParse(filled);
  if (parsed?.success === false) return { refused: invalid(type, name, causesOf(filled, parsed.error)) };
  const causes = type === types.deployments ? checkDeployment(filled, previous) : [];
  if (causes.length > 0) return { refused: invalid(type, name, causes) };
  const problem = type === virtualServices ? checkWeights(filled) : undefined;
  if (problem !== undefined) return { refused: deniedByIstio(problem) };
  return { object: envelope.data as KubernetesObject };
}

function withDefaults(type: ResourceType, object: unknown): unknown {
  if (!isRecord(object) || !isRecord(object['spec'])) return object;
  const spec = object['spec'];
  if (type === httpRoutes || type === grpcRoutes)
    return { ...object, spec: withRouteDefaults(spec, type === httpRoutes ? 'HTTPRoute' : 'GRPCRoute') };
  const patch = defaults.get(type)?.['spec'];
  const strategy = isRecord(spec['strategy']) ? spec['strategy']['type'] : undefined;
  const filled = applyMergePatch(patch, spec);
  // The budget of a rolling update is no default of Recreate.
  const recreate = type === types.deployments && strategy === 'Recreate' && isRecord(filled);
  return { ...object, spec: recreate ? { ...filled, strategy: spec['strategy'] } : filled };
}

function nameOf(object: unknown): string {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  return isRecord(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}

function causesOf(object: unknown, error: z.core.$ZodError): FieldCause[] {
  return error.issues.map(({ path }) => {
    const field = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    let value = object;
    for (const key of path) value = (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key];
    return fieldCause(field.replace(/^\./, ''), value);
  });
}

function fieldCause(field: string, value: unknown, why?: string): FieldCause {
  if (value === undefined || value === '') return { field, reason: 'FieldValueRequired', message: 'Required value' };
  const message = `Invalid value: ${JSON.stringify(value)}${why === undefined ? '' : `: ${why}`}`;
  return { field, reason: 'FieldValueInvalid', message };
}

function checkDeployment(object: unknown, previous: KubernetesObject | undefined): FieldCause[] {
  const { spec } = manifests.deployment.parse(object);
  const { labels } = spec.template.metadata;
  const causes: FieldCause[] = [];
  if (Object.entries(spec.selector.matchLabels).some(([key, value]) => labels[key] !== value)) {
    causes.push(fieldCause('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  if (Object.keys(spec.selector.matchLabels).length === 0) {
    causes.push(fieldCause('spec.selector', spec.selector, 'empty selector is invalid for deployment'));
  }
  if (previous !== undefined && !sameJson(manifests.deployment.parse(previous).spec.selector, spec.selector)) {
    causes.push(fieldCause('spec.selector', spec.selector, 'field is immutable'));
  }
  return causes;
}

/** As Istio's webhook does; a weight that is absent counts as 0. Source: istio, pkg/config/validation/validation.go. */
function checkWeights(object: unknown): string | undefined {
  for (const { route = [] } of manifests.virtualService.parse(object).spec.http ?? []) {
    const weights = route.map(({ weight }) => weight ?? 0);
    const negative = weights.find((weight) => weight < 0);
    if (negative !== undefined) return `weight ${negative} < 0`;
    if (weights.length > 1 && weights.every((weight) => weight === 0)) return 'total destination weight = 0';
  }
  return undefined;
}
