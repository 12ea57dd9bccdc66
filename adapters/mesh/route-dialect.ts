import type { JsonPatchOperation, KubernetesApi, KubernetesObject, ResourceRef, RouteTarget, SplitWrite } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import type { RouterCapabilities } from '../../core/spec/router-capabilities.ts';
import type { RouteRef } from '../../core/spec/router-spec.ts';
import type { Split } from '../../core/traffic/split.ts';

export interface RoutePatch {
  readonly operations: readonly JsonPatchOperation[];
  /** False where every weight and the fence are as they should be already. */
  readonly changed: boolean;
}

/** A route object with those of a rollout's routes that are rules of it. */
export interface RouteObject {
  readonly ref: ResourceRef;
  readonly object: KubernetesObject;
  readonly routes: readonly RouteRef[];
}

/** Whether what was written has taken effect: not yet, which may pass, or never. Both are sentences without their full stop. */
export type Settlement = 'settled' | { readonly pending: string } | { readonly refused: string; readonly remedy: string };

/**
 * One kind of route object: what it says, and what is to be written so that it says something else. All of it is pure; reading, writing,
 * trying again and reading back are route-router.ts', the same for all kinds.
 */
export interface RouteDialect {
  readonly capabilities: RouterCapabilities;
  /** As in a manifest: `VirtualService`. */
  kindOf(route: RouteRef): string;
  /** The object that a route is a rule of; routes of one object are read and written together. */
  refOf(route: RouteRef, namespace: string): ResourceRef;
  /** In units of the target's totalWeight. @throws RouteRejectedError where the rule is missing, ambiguous, or cannot be steered. */
  readSplit(object: KubernetesObject, route: RouteRef, target: RouteTarget): Split;
  /**
   * Refuses what a rollout cannot begin with. A route that this rollout has claimed already is not asked any more: a rollback moves the
   * traffic whatever somebody has added since.
   *
   * @throws RouteRejectedError
   * @throws WeightNotVerifiedError where its controllers have not looked yet at what is written now: it is read again.
   */
  assertClaimable(object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget): void;
  /**
   * Tests of the fence, of each rule's identity, backends and old weights, then the new ones, so that the API server refuses the whole patch
   * (422) where anything it was computed from has changed. A write without a shape also takes away what an earlier one with a shape made.
   * A door does what it can where somebody has made a rule unsteerable.
   *
   * @throws FencedError, and for other roles than a door RouteRejectedError.
   */
  splitPatch(object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget, write: SplitWrite): RoutePatch;
  /**
   * Less than splitPatch: the fence and the weights of the rules alone, and with `turned` the destinations of the rules that the rollout inserted,
   * which then lead to the safe side. For a cluster where somebody forbids the rest. Left out where splitPatch writes no more than that.
   *
   * @throws FencedError
   */
  weightsPatch?(object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget, write: SplitWrite, turned: boolean): RoutePatch;
  /** Takes the canary out of the rules, with all that the rollout made in them and Sluice's memory of them; the fence stays. */
  removeCanaryPatch(object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget, fence: number): RoutePatch;
  /** Where its controllers tell: whether they have accepted what an owner wrote (T8: "set" means accepted at this generation). */
  settled?(object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget, write: SplitWrite): Settlement;
}

/**
 * What of route objects that can be steered, and of what they depend on, speaks against a rollout, or is to be known. Reads only. Each dialect has
 * one, apart from it: no door inspects, and each would have it to carry.
 */
export type InspectObjects = (
  api: KubernetesApi,
  objects: readonly RouteObject[],
  target: RouteTarget,
  weights: readonly number[],
) => Promise<Finding[]>;
