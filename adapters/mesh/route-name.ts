import type { RouteRef } from '../../core/spec/router-spec.ts';

/**
 * A route as people know it, with its namespace and rule.
 *
 * @example routeName({ virtualService: 'shop', http: 'checkout' }, 'shop') // VirtualService shop/shop, http route checkout
 */
export function routeName(route: RouteRef, namespace: string): string {
  if ('virtualService' in route) {
    const { http, tcp, tls } = route;
    const object = `VirtualService ${namespace}/${route.virtualService}`;
    if (http !== undefined) return `${object}, http route ${http}`;
    if (tcp !== undefined) return `${object}, tcp route${tcp.port === undefined ? '' : ` of port ${tcp.port}`}`;
    return tls === undefined ? object : `${object}, tls route${tls.sniHost === undefined ? '' : ` of ${tls.sniHost}`}`;
  }
  if ('serviceSplitter' in route) return `ServiceSplitter ${namespace}/${route.serviceSplitter}`;
  const rule = route.rule === undefined ? '' : `, rule ${route.rule}`;
  if ('grpcRoute' in route) return `GRPCRoute ${namespace}/${route.grpcRoute}${rule}`;
  return `HTTPRoute ${namespace}/${route.httpRoute}${rule}${route.path === undefined ? '' : `, rule of ${route.path}`}`;
}
