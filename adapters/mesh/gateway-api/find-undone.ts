import { type FindUndone, lacks, type Undone } from '../outside-edits.ts';
import { findRule } from './find-rule.ts';
import { fingerprint } from './inserted-rules.ts';
import { type BackendRef, gatewayRoute, isBackend, labelOf, rulesOf } from './route-rules.ts';
import { recall, routeKey } from './rule-memory.ts';
import { shapeRule, withoutShape } from './shape-rule.ts';

/** What somebody has undone of a shape in an HTTPRoute or a GRPCRoute, where the order of rules makes no difference to those inserted. */
export const findUndone: FindUndone = (object, routes, target, write) => {
  const memory = recall(object, target);
  const rules = rulesOf(object);
  const isCanary = (ref: BackendRef) => isBackend(ref, target.canaryService, target);
  const isStable = (ref: BackendRef) => isBackend(ref, target.stableService, target);
  return routes.map(gatewayRoute).flatMap((route, place): Undone[] => {
    const placed = findRule(object, route, target);
    const known = memory.get(routeKey(route)) ?? {};
    const { rule, inserted } = shapeRule(object, withoutShape(placed.rule, target, known), place, target, write);
    const ofInserted = inserted.flatMap(({ name = '', backendRefs = [] }, index): Undone[] => {
      // Older CRDs drop the name: then it is the one that was written in this place.
      const print = known.inserted?.[index];
      const found = rules.find((other) => (other.name === undefined ? fingerprint(other) === print : other.name === name));
      if (found === undefined) return [{ rule: name, what: 'gone' }];
      const isWanted = backendRefs.every(isCanary) ? isCanary : isStable;
      const refs = found.backendRefs ?? [];
      return refs.length > 0 && refs.every(isWanted) ? [] : [{ rule: name, what: 'elsewhere' }];
    });
    const { affinity, mirrorWeight } = write.shape ?? {};
    const isCopied = mirrorWeight === undefined || !lacks(placed.rule.filters, rule.filters);
    const isHanded = affinity === undefined || !lacks(placed.rule.backendRefs?.map(withoutWeight), rule.backendRefs?.map(withoutWeight));
    return [
      ...ofInserted,
      ...(isCopied ? [] : [{ rule: labelOf(placed), what: 'mirror' } as const]),
      ...(isHanded ? [] : [{ rule: labelOf(placed), what: 'cookie' } as const]),
    ];
  });
};

function withoutWeight({ weight: _, ...ref }: BackendRef) {
  return ref;
}
