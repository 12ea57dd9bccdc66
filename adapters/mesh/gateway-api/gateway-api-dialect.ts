import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import type { RouteDialect } from '../route-dialect.ts';
import { assertClaimable } from './claim.ts';
import { findRule } from './find-rule.ts';
import { removeCanaryPatch, splitPatch, weightsPatch } from './patch.ts';
import { gatewayRoute } from './route-rules.ts';
import { settled } from './settled.ts';
import { splitOf } from './weigh.ts';

/**
 * Steers the rules of HTTPRoutes and GRPCRoutes (gateway.networking.k8s.io/v1) by the weights of their backendRefs, whichever controller
 * serves them: a gateway, or with a Service as parent a mesh. https://gateway-api.sigs.k8s.io/mesh/
 */
export const gatewayApiDialect: RouteDialect = {
  capabilities: routerCapabilities.gatewayApi,
  kindOf: (route) => ('grpcRoute' in route ? 'GRPCRoute' : 'HTTPRoute'),
  refOf: (ref, namespace) => {
    const route = gatewayRoute(ref);
    const apiVersion = 'gateway.networking.k8s.io/v1';
    if ('grpcRoute' in route) return { apiVersion, resource: 'grpcroutes', namespace, name: route.grpcRoute };
    return { apiVersion, resource: 'httproutes', namespace, name: route.httpRoute };
  },
  readSplit: (object, route, target) => splitOf(findRule(object, gatewayRoute(route), target).rule, target),
  assertClaimable: (object, routes, target) => assertClaimable(object, routes.map(gatewayRoute), target),
  splitPatch: (object, routes, target, write) => splitPatch(object, routes.map(gatewayRoute), target, write),
  weightsPatch: (object, routes, target, write, turned) => weightsPatch(object, routes.map(gatewayRoute), target, write, turned),
  removeCanaryPatch: (object, routes, target, fence) => removeCanaryPatch(object, routes.map(gatewayRoute), target, fence),
  settled: (object, routes, target, write) => settled(object, routes.map(gatewayRoute), target, write),
};
