import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import { gatewayApiDialect } from '../gateway-api/gateway-api-dialect.ts';
import { nameOf } from '../gateway-api/route-rules.ts';
import { isServiceParent, parentRefsOf } from '../gateway-api/status.ts';
import { rememberedRules } from '../memory.ts';
import type { RouteDialect } from '../route-dialect.ts';

/**
 * Steers the routes of the Gateway API where Linkerd's proxies obey them: those with a Service as parent. Linkerd reads both the standard kinds
 * (gateway.networking.k8s.io), which Sluice writes, and an HTTPRoute of its own (policy.linkerd.io), which it does not.
 * https://linkerd.io/2/reference/httproute/
 */
export const linkerdDialect: RouteDialect = {
  ...gatewayApiDialect,
  capabilities: routerCapabilities.linkerd,
  assertClaimable: (object, routes, target) => {
    assertServiceParent(object, target);
    gatewayApiDialect.assertClaimable(object, routes, target);
  },
  splitPatch: (object, routes, target, write) => {
    if (write.shape?.mirrorWeight !== undefined || write.shape?.affinity !== undefined) {
      throw new RouteRejectedError('Linkerd copies no requests, and keeps no user on a side.', {
        remedy: 'Take mirrorWeight out of the plan, and router.affinity out of the spec.',
      });
    }
    if (write.role === 'claim') assertServiceParent(object, target);
    return gatewayApiDialect.splitPatch(object, routes, target, write);
  },
};

/** As all that a rollout cannot begin with: not asked any more once it has begun. */
function assertServiceParent(object: KubernetesObject, target: RouteTarget): void {
  if (rememberedRules(object, target) !== undefined || parentRefsOf(object).some(isServiceParent)) return;
  throw new RouteRejectedError(`${nameOf(object)} has no Service as parent, and Linkerd's proxies obey no other routes.`, {
    remedy: `Attach it to the Service that callers use: parentRefs: [{ group: core, kind: Service, name: ${target.stableService} }].`,
  });
}
