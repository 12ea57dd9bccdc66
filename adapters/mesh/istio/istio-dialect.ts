import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import type { IstioRoute, RouteRef } from '../../../core/spec/router-spec.ts';
import type { RouteDialect } from '../route-dialect.ts';
import { splitOf } from './apply-split.ts';
import { assertClaimable } from './claimable.ts';
import { findRule } from './find-rule.ts';
import { removeCanaryPatch, splitPatch, weightsPatch } from './patch.ts';

/** Steers the routes of Istio VirtualServices. */
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
  assertClaimable: (object, routes, target) => {
    const rules = routes.map((route) => findRule(object, istioRoute(route), target));
    assertClaimable(object, rules, target);
  },
  splitPatch: (object, routes, target, write) => splitPatch(object, routes.map(istioRoute), target, write),
  weightsPatch: (object, routes, target, write, turned) => weightsPatch(object, routes.map(istioRoute), target, write, turned),
  removeCanaryPatch: (object, routes, target, fence) => removeCanaryPatch(object, routes.map(istioRoute), target, fence),
};

/** The schema gives each kind of router its own kind of route; one of another kind is a bug of the caller. */
export function istioRoute(route: RouteRef): IstioRoute {
  if ('virtualService' in route) return route;
  throw new TypeError(`no route of Istio: ${JSON.stringify(route)}`);
}
