import type { KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { IstioRoute } from '../../../core/spec/router-spec.ts';
import { wholeSide } from '../../../core/traffic/split.ts';
import { fenceOperations } from '../fence.ts';
import { forgetOperations, rememberedRules } from '../memory.ts';
import type { RoutePatch } from '../route-dialect.ts';
import { routePatch } from '../route-patch.ts';
import { unlessRejected } from '../unless-rejected.ts';
import { applySplit, evacuate } from './apply-split.ts';
import { assertClaimable } from './claimable.ts';
import { editOperations, type RuleEdit } from './edit-operations.ts';
import { findRule, isNamedBy } from './find-rule.ts';
import { isInserted } from './inserted-rules.ts';
import { memoryOf, memoryOperations, type RuleMemory } from './rule-memory.ts';
import { giveBack, leave, steer } from './steered-rule.ts';
import { type Rule, rulesOf } from './virtual-service.ts';

interface Steered {
  readonly ref: IstioRoute;
  readonly edit: RuleEdit;
  readonly memory: RuleMemory;
}

/**
 * The patch that brings the rules of one VirtualService to a split: tests of the fence, of each rule's identity and of its
 * destinations with their old weights, then the new destinations. If anything it was computed from has changed, the API server
 * refuses it whole (422).
 *
 * A door does what it can where somebody has made a rule unsteerable during the rollout: the tombstone, the other rules, and the canary's
 * traffic in the rules that Sluice would not touch otherwise. Reading back then tells what is wrong.
 *
 * @throws FencedError, and for other roles than a door RouteRejectedError.
 */
export function splitPatch(
  virtualService: KubernetesObject,
  refs: readonly IstioRoute[],
  target: RouteTarget,
  write: SplitWrite,
): RoutePatch {
  const fence = fenceOperations(virtualService, { ...write, rollout: target.rollout });
  const remembered = rememberedRules(virtualService, target);
  if (write.role === 'claim') {
    const rules = refs.map((ref) => findRule(virtualService, ref, target));
    assertClaimable(virtualService, rules, target);
  }
  const steered = refs.flatMap((ref): Steered[] => {
    const compute = () => steer(findRule(virtualService, ref, target), target, write, memoryOf(remembered, ref));
    const found = write.role === 'door' ? unlessRejected(compute) : compute();
    return found === undefined ? [] : [{ ref, ...found }];
  });
  const remember = memoryOperations(virtualService, target, steered);
  const edits = steered.map(({ edit }) => edit);
  if (steered.length < refs.length) edits.push(...evacuations(virtualService, refs, edits, target, write));
  const changes = editOperations(virtualService, target, edits);
  return routePatch(fence, remember, changes);
}

/**
 * The patch of the fence and the weights alone, as far as rules can be steered: cookies, mirrors, retries and inserted rules stay, and so does the
 * memory of them.
 *
 * @param turned lets the inserted rules lead to the safe side.
 * @throws FencedError
 */
export function weightsPatch(
  virtualService: KubernetesObject,
  refs: readonly IstioRoute[],
  target: RouteTarget,
  write: SplitWrite,
  turned: boolean,
): RoutePatch {
  const fence = fenceOperations(virtualService, { ...write, rollout: target.rollout });
  const edit = (rule: Rule, route: Rule['route']): RuleEdit => ({ rule, fields: { route }, inserted: [] });
  const edits = refs.flatMap((ref) => {
    const found = unlessRejected(() => {
      const rule = findRule(virtualService, ref, target);
      return edit(rule, applySplit(rule, target, write.split));
    });
    return found ?? [];
  });
  const safe = wholeSide(write.split) ?? 'stable';
  const others = othersOf(virtualService, edits).filter(({ route }) => route.length > 0);
  const isLost = edits.length < refs.length;
  for (const rule of others) {
    const isOurs = isInserted(rule, target);
    if (isOurs ? turned : isLost) edits.push(edit(rule, evacuate(rule, target, safe, isOurs || isNamedBy(refs, rule))));
  }
  return routePatch(fence, editOperations(virtualService, target, edits, true));
}

/** The patch that takes the canary out of the rules, and Sluice's memory of them with it. */
export function removeCanaryPatch(
  virtualService: KubernetesObject,
  refs: readonly IstioRoute[],
  target: RouteTarget,
  fence: number,
): RoutePatch {
  // As a door: what somebody did to our fence keeps the canary out of no route, and a newer fence is refused all the same.
  const fenceMoves = fenceOperations(virtualService, { rollout: target.rollout, fence, role: 'door' });
  const remembered = rememberedRules(virtualService, target);
  const edits = refs.map((ref) => giveBack(findRule(virtualService, ref, target), target, memoryOf(remembered, ref)));
  const changes = editOperations(virtualService, target, edits);
  const forget = forgetOperations(virtualService, target);
  return routePatch(fenceMoves, changes, forget);
}

function evacuations(
  virtualService: KubernetesObject,
  refs: readonly IstioRoute[],
  done: readonly RuleEdit[],
  target: RouteTarget,
  write: SplitWrite,
): RuleEdit[] {
  const safe = wholeSide(write.split) ?? 'stable';
  return othersOf(virtualService, done)
    .filter((rule) => !isInserted(rule, target))
    .map((rule) => leave(rule, target, safe, isNamedBy(refs, rule)));
}

/** The rules that nothing is to become of yet; none where their shape is not known. */
function othersOf(virtualService: KubernetesObject, done: readonly RuleEdit[]): Rule[] {
  const isDone = ({ kind, index }: Rule) => done.some(({ rule }) => rule.kind === kind && rule.index === index);
  return (unlessRejected(() => rulesOf(virtualService)) ?? []).filter((rule) => !isDone(rule));
}
