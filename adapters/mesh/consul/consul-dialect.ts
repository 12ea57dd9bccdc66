import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import type { RouteDialect } from '../route-dialect.ts';
import { splitOf } from './apply-split.ts';
import { assertClaimable, removeCanaryPatch, splitPatch } from './patch.ts';
import { consulApiVersion, findPair, splitterName } from './splitter.ts';
import { settled } from './synced.ts';

/**
 * Steers the ServiceSplitter of a service between two subsets of it. The ServiceResolver of the same name defines the subsets, which are there
 * before the first rollout and after each: what comes and goes are the pods that they select.
 */
export const consulDialect: RouteDialect = {
  capabilities: routerCapabilities.consul,
  kindOf: () => 'ServiceSplitter',
  refOf: (route, namespace) => ({ apiVersion: consulApiVersion, resource: 'servicesplitters', namespace, name: splitterName(route) }),
  readSplit: (object, _route, target) => splitOf(findPair(object, target), target),
  assertClaimable: (object, _routes, target) => assertClaimable(object, target),
  splitPatch: (object, _routes, target, write) => splitPatch(object, target, write),
  removeCanaryPatch: (object, _routes, target, fence) => removeCanaryPatch(object, target, fence),
  settled: (object, _routes, target) => settled(object, target),
};
