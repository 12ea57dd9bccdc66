import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import type { RouteObject } from '../route-dialect.ts';
import type { ServicesFound } from './services.ts';
import { isServedByIstio, isServiceParent, parentRefsOf } from './status.ts';

/**
 * Istio's ambient mode: a route with a Service as parent is obeyed by the waypoint of that Service, and what comes in by an ingress gateway
 * passes that waypoint only where the Service or its namespace is labelled `istio.io/ingress-use-waypoint: "true"`.
 * https://istio.io/latest/docs/ambient/usage/waypoint/, https://ambientmesh.io/docs/traffic/gateways/#gateways-and-waypoints
 */
export function inspectWaypoint(objects: readonly RouteObject[], target: RouteTarget, services: ServicesFound): Finding[] {
  const { namespace, stableService } = target;
  const parents = objects.flatMap(({ object }) => parentRefsOf(object));
  const inMesh = parents.some(isServiceParent);
  const atEdge = parents.some((ref) => !isServiceParent(ref));
  const service = services.find(namespace, stableService);
  if (service === undefined || !objects.some(({ object }) => isServedByIstio(object))) return [];
  const subject = `Service ${namespace}/${stableService}`;
  const waypoint = labelOf(service, 'istio.io/use-waypoint');
  if (waypoint === undefined) return [unreadNamespace(namespace)];
  if (waypoint.toLowerCase() === 'none' || waypoint === '') return [];
  const ingressPasses = labelOf(service, 'istio.io/ingress-use-waypoint')?.toLowerCase() === 'true';
  if (atEdge && inMesh && ingressPasses) {
    return [
      {
        severity: 'warning',
        subject,
        message: `Requests from outside are split twice, by the gateway and again by the waypoint ${waypoint}: the canary gets more than its weight.`,
        remedy: 'Steer one of the two: leave the route with the Gateway as parent out of router.routes, and let it lead to stable alone.',
      },
    ];
  }
  if (ingressPasses || (atEdge && inMesh)) return [];
  const message = atEdge
    ? `Requests that come in by the Gateway bypass the waypoint ${waypoint} and its policies, and requests from inside the mesh, which pass it, are not split.`
    : `Requests that come in by an ingress gateway bypass the waypoint ${waypoint}, and so this split: they all reach stable.`;
  const remedy = `kubectl --namespace ${namespace} label service ${stableService} istio.io/ingress-use-waypoint=true, or steer a route with ${atEdge ? 'the Service' : 'the Gateway'} as parent too.`;
  return [{ severity: 'warning', subject, message, remedy }];
}

function unreadNamespace(namespace: string): Finding {
  return {
    severity: 'unread',
    subject: `Namespace ${namespace}`,
    message: 'Whether Istio ambient sends its Services through a waypoint (label istio.io/use-waypoint) could not be looked at.',
    remedy: `kubectl get namespace ${namespace} --show-labels tells it. With one, and without istio.io/ingress-use-waypoint=true, requests that come in by a gateway bypass it.`,
  };
}

function labelOf({ metadata: { labels = {} } }: KubernetesObject, name: string): string | undefined {
  return labels[name];
}
