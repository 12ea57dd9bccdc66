import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { GatewayRoute } from '../../../core/spec/router-spec.ts';
import { wholeSide } from '../../../core/traffic/split.ts';
import { fenceOperations } from '../fence.ts';
import { forgetOperations } from '../memory.ts';
import type { RoutePatch } from '../route-dialect.ts';
import { routePatch } from '../route-patch.ts';
import { unlessRejected } from '../unless-rejected.ts';
import { assertClaimable } from './claim.ts';
import { findRule, isNamedBy } from './find-rule.ts';
import { fingerprint, insertedBy } from './inserted-rules.ts';
import { labelOf, nameOf, type PlacedRule, rulesOf } from './route-rules.ts';
import { memorise, type RuleMemory, recall, routeKey } from './rule-memory.ts';
import { type RuleChange, rulesPatch } from './rules-patch.ts';
import { shapeRule, withoutShape } from './shape-rule.ts';
import { evacuated, withoutCanary, withSplit } from './weigh.ts';

/**
 * The patch that brings the rules of one route object to a split and a shape. If anything it was computed from has changed, the API server
 * refuses it whole (422).
 *
 * A door does what it can where somebody has made a rule unsteerable during the rollout, or no integers say the split beside others: the
 * tombstone, the other rules, all that Sluice inserted, and the canary's traffic in the rules that Sluice would not touch otherwise. Reading
 * back then tells what is wrong.
 *
 * @throws FencedError, and for other roles than a door RouteRejectedError.
 */
export function splitPatch(object: KubernetesObject, routes: readonly GatewayRoute[], target: RouteTarget, write: SplitWrite): RoutePatch {
  const fence = fenceOperations(object, { ...write, rollout: target.rollout });
  if (write.role === 'claim') assertClaimable(object, routes, target);
  const memory = new Map(recall(object, target));
  const changes = routes.flatMap((route, place): RuleChange[] => {
    const compute = () => {
      const placed = findRule(object, route, target);
      const known = memory.get(routeKey(route)) ?? {};
      const plain = withoutShape(placed.rule, target, known);
      return { placed, known, shaped: saying(object, placed, () => shapeRule(object, plain, place, target, write)) };
    };
    const found = write.role === 'door' ? unlessRejected(compute) : compute();
    if (found === undefined) return [];
    const { placed, known, shaped } = found;
    const { rule, inserted, timeouts } = shaped;
    const { backendRefs, filters } = placed.rule;
    const before = known.before ?? (write.role === 'claim' ? { backendRefs, filters } : undefined);
    const made: RuleMemory = { before, inserted: inserted.length === 0 ? undefined : inserted.map(fingerprint), timeouts };
    memory.set(routeKey(route), made);
    return [{ ...placed, to: rule, inserted }];
  });
  if (changes.length < routes.length) changes.push(...evacuation(object, routes, changes, target, write));
  return patchOf(object, target, fence, changes, memorise(object, target, memory));
}

/**
 * The patch of the fence and the weights alone, as far as rules can be steered: cookies, mirrors, timeouts and inserted rules stay, and so does the
 * memory of them.
 *
 * @param turned lets the inserted rules lead to the safe side: those with a name, since others are known by nothing but what they say.
 * @throws FencedError
 */
export function weightsPatch(
  object: KubernetesObject,
  routes: readonly GatewayRoute[],
  target: RouteTarget,
  write: SplitWrite,
  turned: boolean,
): RoutePatch {
  const fence = fenceOperations(object, { ...write, rollout: target.rollout });
  const changes = routes.flatMap((route) => {
    const found = unlessRejected((): RuleChange => {
      const placed = findRule(object, route, target);
      return { ...placed, to: withSplit(placed.rule, target, write.split), inserted: [] };
    });
    return found ?? [];
  });
  const isLost = changes.length < routes.length;
  const isOurs = insertedBy(object, target);
  const safe = wholeSide(write.split) ?? 'stable';
  for (const [index, rule] of readable(object).entries()) {
    if (changes.some((change) => change.index === index) || !(isOurs(rule) ? turned && rule.name !== undefined : isLost)) continue;
    const isNamed = isOurs(rule) || routes.some((route) => isNamedBy(route, rule));
    changes.push({ index, rule, to: evacuated(rule, target, safe, isNamed) ?? rule, inserted: [] });
  }
  return routePatch(
    fence,
    rulesPatch(object, changes, () => false),
  );
}

/** The patch that takes the canary out of the rules, with all that the rollout made in them and Sluice's memory of them; the fence stays. */
export function removeCanaryPatch(
  object: KubernetesObject,
  routes: readonly GatewayRoute[],
  target: RouteTarget,
  fence: number,
): RoutePatch {
  // As a door: what somebody did to our fence keeps the canary out of no route, and a newer fence is refused all the same.
  const fenceMoves = fenceOperations(object, { rollout: target.rollout, fence, role: 'door' });
  const memory = recall(object, target);
  const changes = routes.map((route): RuleChange => {
    const placed = findRule(object, route, target);
    const known = memory.get(routeKey(route)) ?? {};
    const plain = withoutShape(placed.rule, target, known);
    return { ...placed, to: withoutCanary(plain, target, known.before?.backendRefs), inserted: [] };
  });
  return patchOf(object, target, fenceMoves, changes, forgetOperations(object, target));
}

function patchOf(
  object: KubernetesObject,
  target: RouteTarget,
  fence: readonly JsonPatchOperation[],
  changes: readonly RuleChange[],
  memory: readonly JsonPatchOperation[],
): RoutePatch {
  const rules = rulesPatch(object, changes, insertedBy(object, target));
  return routePatch(fence, memory, rules);
}

/** A refusal that says of which rule. */
function saying<T>(object: KubernetesObject, placed: PlacedRule, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RouteRejectedError)) throw error;
    throw new RouteRejectedError(`${nameOf(object)}, rule ${labelOf(placed)}: ${error.what}`, { remedy: error.remedy, cause: error });
  }
}

function evacuation(
  object: KubernetesObject,
  routes: readonly GatewayRoute[],
  done: readonly RuleChange[],
  target: RouteTarget,
  write: SplitWrite,
): RuleChange[] {
  const isOurs = insertedBy(object, target);
  const safe = wholeSide(write.split) ?? 'stable';
  return readable(object).flatMap((rule, index): RuleChange[] => {
    if (isOurs(rule) || done.some((change) => change.index === index)) return [];
    const plain = withoutShape(rule, target, {});
    const to =
      evacuated(
        plain,
        target,
        safe,
        routes.some((route) => isNamedBy(route, rule)),
      ) ?? plain;
    return isDeepStrictEqual(to, rule) ? [] : [{ index, rule, to, inserted: [] }];
  });
}

function readable(object: KubernetesObject) {
  try {
    return rulesOf(object);
  } catch {
    return [];
  }
}
