import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { GatewayRoute } from '../../../core/spec/router-spec.ts';
import { rememberedRules } from '../memory.ts';
import { findRule } from './find-rule.ts';
import { labelOf, nameOf, pairOf } from './route-rules.ts';
import { assertAccepted } from './status.ts';
import { pairShareOf } from './weigh.ts';

/**
 * Refuses what a rollout cannot begin with. A route that it has claimed already is not asked any more: a rollback moves the traffic whatever
 * somebody has added since, and whether anything serves the route or not.
 *
 * @throws RouteRejectedError
 */
export function assertClaimable(object: KubernetesObject, routes: readonly GatewayRoute[], target: RouteTarget): void {
  if (rememberedRules(object, target) !== undefined) return;
  assertAccepted(object);
  for (const route of routes) {
    const placed = findRule(object, route, target);
    const where = `Rule ${labelOf(placed)} of ${nameOf(object)}`;
    if (pairShareOf(placed.rule, target).total === 0) {
      throw new RouteRejectedError(`${where} gives ${target.stableService} the weight 0: there is nothing to share.`, {
        remedy: 'Give its backendRef a weight, or let the spec name the rule that carries the traffic.',
      });
    }
    if (pairOf(placed.rule, target).stable?.port === undefined) {
      throw new RouteRejectedError(`${where} leads to ${target.stableService} without a port.`, {
        remedy: 'Name the port in its backendRef.',
      });
    }
    if (placed.rule['sessionPersistence'] !== undefined) {
      throw new RouteRejectedError(
        `${where} has sessionPersistence, which keeps users on a side even at weight 0: a rollback would not reach them.`,
        { remedy: 'Take it away, and ask for router.affinity in the spec instead. https://gateway-api.sigs.k8s.io/geps/gep-1619/' },
      );
    }
  }
}
