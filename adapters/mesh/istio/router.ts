import { FencedError, RouteRejectedError, SluiceError, WeightNotVerifiedError, WriteConflictError } from '../../../core/errors.ts';
import type {
  KubernetesApi,
  KubernetesObject,
  ResourceRef,
  RouteReading,
  RouteTarget,
  SplitWrite,
  TrafficRouter,
} from '../../../core/ports.ts';
import type { RouteRef } from '../../../core/spec/rollout-spec.ts';
import { sameSplit } from '../../../core/traffic/split.ts';
import { fenceOf } from '../fence.ts';
import { splitOf } from './apply-split.ts';
import { assertClaimable, type RoutePatch, removeCanaryPatch, splitPatch } from './patch.ts';
import { findRule, type HttpRule } from './virtual-service.ts';

/** How often a patch is computed anew when somebody else wrote in between, before Step Functions' own Retry takes over. */
const attempts = 5;

/** Steers the http routes of Istio VirtualServices by weight, between two Services (host mode). */
export function createIstioRouter(api: KubernetesApi): TrafficRouter {
  return {
    capabilities: { mirror: true, headerMatch: true, affinity: false, totalWeights: 'any' },
    read: (target) => readRoutes(api, target, assertClaimable),
    write: async (target, write) => {
      const patchOne = ([name, refs]: [string, RouteRef[]]) =>
        patchUntilSettled(api, target, name, (object) => splitPatch(object, refs, target, write), write.role === 'door');
      const all = [...byVirtualService(target)];
      if (write.role === 'door') throwGravest(await Promise.allSettled(all.map(patchOne)));
      else for (const one of all) await patchOne(one);
      return verifyWritten(await readRoutes(api, target), write);
    },
    removeCanary: async (target, fence) => {
      for (const [name, refs] of byVirtualService(target)) {
        await patchUntilSettled(api, target, name, (object) => {
          refuseWhileCanaryHasWeight(object, refs, target);
          return removeCanaryPatch(object, refs, target, fence);
        });
      }
    },
  };
}

/** See `readNewestFence` in ../registry.ts. */
export async function readNewestIstioFence(api: KubernetesApi, target: RouteTarget): Promise<number> {
  const objects = await Promise.all([...byVirtualService(target).keys()].map((name) => api.read(refOf(target, name))));
  return Math.max(0, ...objects.map((object) => (object === undefined ? 0 : (fenceOf(object, target.rollout) ?? 0))));
}

async function readRoutes(
  api: KubernetesApi,
  target: RouteTarget,
  check: (object: KubernetesObject, rules: readonly HttpRule[], target: RouteTarget) => void = () => undefined,
): Promise<RouteReading[]> {
  const readings = await Promise.all(
    [...byVirtualService(target)].map(async ([name, refs]) => {
      const object = await readVirtualService(api, target, name);
      const fence = fenceOf(object, target.rollout);
      const rules = refs.map((route) => ({ route, rule: findRule(object, route, target) }));
      check(
        object,
        rules.map(({ rule }) => rule),
        target,
      );
      return rules.map(({ route, rule }) => ({ route, split: splitOf(rule, target), fence }));
    }),
  );
  return readings.flat();
}

/** Get, compute, patch; and again, where the API server refused because the object is no longer what was read. */
async function patchUntilSettled(
  api: KubernetesApi,
  target: RouteTarget,
  name: string,
  patchOf: (object: KubernetesObject) => RoutePatch,
  always = false,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const patch = patchOf(await readVirtualService(api, target, name));
    if (!patch.changed && !always) return;
    const result = await api.write({ jsonPatch: refOf(target, name), operations: patch.operations });
    if (result.status === 'written') return;
    if (result.status === 'notFound') throw missing(target, name);
  }
  throw new WriteConflictError(`VirtualService ${target.namespace}/${name} changed under ${attempts} writes in a row.`, {
    remedy: 'Find out who else writes it: kubectl get virtualservice -o yaml --show-managed-fields.',
  });
}

/**
 * A door writes every VirtualService, whatever becomes of the others. Then the error that the caller can do most about: a newer fence,
 * which it can go beyond, then what may pass by itself.
 */
function throwGravest(outcomes: readonly PromiseSettledResult<void>[]): void {
  const reasons: readonly unknown[] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (reasons.length === 0) return;
  throw (
    reasons.find((reason) => reason instanceof FencedError) ??
    reasons.find((reason) => reason instanceof SluiceError && reason.retryable) ??
    reasons[0]
  );
}

/** A write counts when it can be read back (style: Flagger's GetRoutes; Argo Rollouts does not verify Istio). */
function verifyWritten(readings: RouteReading[], write: SplitWrite): RouteReading[] {
  const other = readings.find(({ split, fence }) => !sameSplit(split, write.split) || fence !== write.fence);
  if (other === undefined) return readings;
  throw new WeightNotVerifiedError(
    `VirtualService ${other.route.virtualService} reads ${other.split.stable}/${other.split.canary} under fence ${other.fence ?? 'none'} after ${write.split.stable}/${write.split.canary} under fence ${write.fence} was written.`,
    { remedy: 'It is written again; if this goes on, somebody else writes the route.' },
  );
}

function refuseWhileCanaryHasWeight(object: KubernetesObject, refs: readonly RouteRef[], target: RouteTarget): void {
  for (const ref of refs) {
    const { canary } = splitOf(findRule(object, ref, target), target);
    if (canary > 0) {
      throw new WeightNotVerifiedError(
        `VirtualService ${object.metadata.name} still gives the canary ${canary} of ${target.totalWeight}.`,
        {
          remedy: 'The weight is taken away before the canary is.',
        },
      );
    }
  }
}

async function readVirtualService(api: KubernetesApi, target: RouteTarget, name: string): Promise<KubernetesObject> {
  const object = await api.read(refOf(target, name));
  if (object === undefined) throw missing(target, name);
  return object;
}

function missing(target: RouteTarget, name: string): RouteRejectedError {
  return new RouteRejectedError(`There is no VirtualService ${target.namespace}/${name}.`, {
    remedy: 'Create it, or correct router.routes in the spec.',
  });
}

function refOf(target: RouteTarget, name: string): ResourceRef {
  return { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: target.namespace, name };
}

function byVirtualService(target: RouteTarget): Map<string, RouteRef[]> {
  const grouped = new Map<string, RouteRef[]>();
  for (const ref of target.routes) grouped.set(ref.virtualService, [...(grouped.get(ref.virtualService) ?? []), ref]);
  return grouped;
}
