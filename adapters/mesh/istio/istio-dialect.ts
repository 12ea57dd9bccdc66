import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import type { IstioRoute, RouteRef } from '../../../core/spec/router-spec.ts';
import type { RouteDialect } from '../route-dialect.ts';
import { splitOf } from './apply-split.ts';
import { assertClaimable, removeCanaryPatch, splitPatch } from './patch.ts';
import { findRule } from './virtual-service.ts';

/** Steers the routes of Istio VirtualServices by weight. */
export const istioDialect: RouteDialect = {
  capabilities: routerCapabilities.istio,
  kindOf: () => 'VirtualService',
  refOf: (route, namespace) => ({
    apiVersion: 'networking.istio.io/v1',
    resource: 'virtualservices',
    namespace,
    name: istioRoute(route).virtualService,
  }),
  readSplit: (object, route, target) => splitOf(findRule(object, istioRoute(route), target), target),
  assertClaimable: (object, routes, target) => assertClaimable(object, rulesOfRoutes(object, routes, target), target),
  splitPatch: (object, routes, target, write) => splitPatch(object, routes.map(istioRoute), target, write),
  removeCanaryPatch: (object, routes, target, fence) => removeCanaryPatch(object, routes.map(istioRoute), target, fence),
  inspect: async () => [],
};

function rulesOfRoutes(object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget) {
  return routes.map((route) => findRule(object, istioRoute(route), target));
}

/** The schema gives each kind of router its own kind of route; one of another kind is a bug of the caller. */
function istioRoute(route: RouteRef): IstioRoute {
  if ('virtualService' in route) return route;
  throw new TypeError(`no route of Istio: ${JSON.stringify(route)}`);
}
