import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import type { InspectObjects, RouteObject } from '../route-dialect.ts';
import { findRule } from './find-rule.ts';
import { inspectParents } from './inspect-parents.ts';
import { inspectWaypoint } from './inspect-waypoint.ts';
import { inspectWeights } from './inspect-weights.ts';
import { gatewayRoute, nameOf, pairOf } from './route-rules.ts';
import { hasPort, readServices, type ServicesFound } from './services.ts';

/** Of a gateway, or of Istio's ambient mesh, in which a route needs a waypoint. */
export const inspectGatewayRoutes: InspectObjects = (api, objects, target, weights) =>
  inspectRoutes(api, objects, target, weights, inspectWaypoint);

/**
 * What speaks against steering the routes, or is to be known, that their rules and status alone do not tell.
 *
 * @param ofMesh what the mesh has to say besides.
 */
export async function inspectRoutes(
  api: KubernetesApi,
  objects: readonly RouteObject[],
  target: RouteTarget,
  weights: readonly number[],
  ofMesh: (objects: readonly RouteObject[], target: RouteTarget, services: ServicesFound) => Finding[] = () => [],
): Promise<Finding[]> {
  const services = await readServices(api, objects, target);
  return [
    ...objects.flatMap(({ object, routes }) =>
      routes.flatMap((route) => {
        const placed = findRule(object, gatewayRoute(route), target);
        const { port } = pairOf(placed.rule, target).stable ?? {};
        return [...inspectWeights(object, placed, target, weights), ...inspectPort(nameOf(object), port, target, services)];
      }),
    ),
    ...objects.flatMap(({ object }) => inspectParents(object, target, services)),
    ...ofMesh(objects, target, services),
    ...services.unread,
  ];
}

function inspectPort(
  subject: string,
  port: number | undefined,
  { namespace, stableService }: RouteTarget,
  services: ServicesFound,
): Finding[] {
  const stable = services.find(namespace, stableService);
  if (port === undefined || stable === undefined || hasPort(stable, port)) return [];
  return [
    {
      severity: 'refusal',
      subject,
      message: `Its backendRef leads to port ${port} of ${stableService}, and that Service has no such port.`,
      remedy: `Name one of its ports: kubectl --namespace ${namespace} get service ${stableService} -o yaml shows them.`,
    },
  ];
}
