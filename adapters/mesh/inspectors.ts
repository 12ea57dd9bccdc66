import type { KubernetesApi, RoutePlan, RouteTarget } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import { inspectRoutes } from './inspect-routes.ts';
import { oncePerMesh } from './once-per-mesh.ts';
import type { InspectObjects, RouteDialect } from './route-dialect.ts';

/** What inspects the objects of each mesh before a rollout begins. No door does, so that none has it to load. */
export const inspectorOf = oncePerMesh<InspectObjects>({
  istio: async () => (await import('./istio/inspect.ts')).inspectVirtualServices,
  gatewayApi: async () => (await import('./gateway-api/inspect.ts')).inspectGatewayRoutes,
  linkerd: async () => (await import('./linkerd/inspect.ts')).inspectLinkerdRoutes,
  consul: async () => (await import('./consul/inspect.ts')).inspectSplitters,
});

/** See TrafficRouter in core/ports.ts. */
export async function inspect(
  kind: RouterKind,
  api: KubernetesApi,
  dialect: RouteDialect,
  target: RouteTarget,
  plan: RoutePlan,
): Promise<Finding[]> {
  return inspectRoutes(api, { dialect, inspectObjects: await inspectorOf(kind) }, target, plan);
}
