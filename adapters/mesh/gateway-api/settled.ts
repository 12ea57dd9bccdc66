import type { KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { GatewayRoute } from '../../../core/spec/router-spec.ts';
import type { Settlement } from '../route-dialect.ts';
import { findRule } from './find-rule.ts';
import { isWholeMirror } from './mirror.ts';
import { splitPatch } from './patch.ts';
import { nameOf } from './route-rules.ts';
import { objectionsTo } from './status.ts';

/**
 * Whether what an owner wrote has arrived: the API server kept all of it, and every controller that serves the route accepts it at its present
 * generation. CRDs of an older Gateway API drop fields that they do not know without a word.
 */
export function settled(object: KubernetesObject, routes: readonly GatewayRoute[], target: RouteTarget, write: SplitWrite): Settlement {
  const { mirrorWeight } = write.shape ?? {};
  if (mirrorWeight !== undefined && routes.some((route) => isWholeMirror(findRule(object, route, target).rule, target))) {
    return {
      refused: `The cluster's ${object.kind} drops the share of a mirror, so that all requests are copied.`,
      remedy: 'Install the CRDs of Gateway API 1.3 or newer, or leave mirrorWeight out of the plan.',
    };
  }
  const lost = splitPatch(object, routes, target, write).operations.find(({ op, path }) => op !== 'test' && path.startsWith('/spec/'));
  if (lost !== undefined) return { pending: `${nameOf(object)} does not hold what was written at ${lost.path}` };
  const [objection] = objectionsTo(object);
  if (objection === undefined) return 'settled';
  return { pending: `${nameOf(object)} is not accepted yet: its parent ${objection.parent} ${objection.message}` };
}
