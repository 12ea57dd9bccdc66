import * as z from 'zod/mini';
import { RouteRejectedError, WeightNotVerifiedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import { isCoreGroup, nameOf } from './route-rules.ts';

const gatewayGroup = 'gateway.networking.k8s.io';

const parentRef = z.looseObject({
  group: z.optional(z.string()),
  kind: z.optional(z.string()),
  name: z.string(),
  namespace: z.optional(z.string()),
  sectionName: z.optional(z.string()),
  port: z.optional(z.int()),
});
export type ParentRef = z.infer<typeof parentRef>;

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  observedGeneration: z.optional(z.int()),
});

const withParents = z.looseObject({ parentRefs: z.optional(z.array(parentRef)) });
const withStatus = z.looseObject({
  parents: z.optional(
    z.array(z.looseObject({ parentRef, controllerName: z.optional(z.string()), conditions: z.optional(z.array(condition)) })),
  ),
});

/** What a controller has not said of the present state of a route, or has said against it. */
export interface Objection {
  /** As kubectl names it: `Gateway edge/public`. */
  readonly parent: string;
  readonly message: string;
  /** It has not looked yet at what is written now. */
  readonly isLate: boolean;
}

export function parentRefsOf(object: KubernetesObject): readonly ParentRef[] {
  const parsed = withParents.safeParse(object['spec']);
  return parsed.success ? (parsed.data.parentRefs ?? []) : [];
}

/** Whether a controller of Istio's serves the route. */
export function isServedByIstio(object: KubernetesObject): boolean {
  return parentStatuses(object).some(({ controllerName = '' }) => controllerName.startsWith('istio.io/'));
}

export function isServiceParent({ group = gatewayGroup, kind = 'Gateway' }: ParentRef): boolean {
  return kind === 'Service' && isCoreGroup(group);
}

/** @example parentName({ name: 'public', namespace: 'edge', sectionName: 'https' }, 'shop') // Gateway edge/public, section https */
export function parentName({ kind = 'Gateway', name, namespace, sectionName, port }: ParentRef, routeNamespace: string): string {
  const section = sectionName === undefined ? '' : `, section ${sectionName}`;
  return `${kind} ${namespace ?? routeNamespace}/${name}${section}${port === undefined ? '' : `, port ${port}`}`;
}

/**
 * What stands against taking the route for accepted: each parent must be `Accepted` with its references resolved, at the present generation.
 * A condition that tells no generation counts as present: Linkerd's controller never tells one.
 * https://gateway-api.sigs.k8s.io/concepts/api-overview/#route-status
 */
export function objectionsTo(object: KubernetesObject): Objection[] {
  const { generation = 0, namespace = '' } = object.metadata;
  return parentStatuses(object).flatMap(({ parentRef: ref, conditions = [] }) =>
    ['Accepted', 'ResolvedRefs'].flatMap((type): Objection[] => {
      const parent = parentName(ref, namespace);
      const found = conditions.find((one) => one.type === type);
      if (found === undefined) return [{ parent, message: `has not said whether it is ${type}`, isLate: true }];
      const { status, reason = 'no reason given', message = '', observedGeneration = generation } = found;
      if (observedGeneration < generation) {
        return [{ parent, message: `has seen generation ${observedGeneration}, and the route is at ${generation}`, isLate: true }];
      }
      if (status === 'True') return [];
      return [{ parent, message: `says ${type} is ${status}: ${reason}${message === '' ? '' : ` (${message})`}`, isLate: false }];
    }),
  );
}

/**
 * Refuses a route that nothing serves: without a status, without parents in it, with a parent that no controller has taken up, or with one
 * that does not accept it.
 *
 * @throws RouteRejectedError
 * @throws WeightNotVerifiedError where a parent has not looked yet at what is written now.
 */
export function assertAccepted(object: KubernetesObject): void {
  const { namespace = '' } = object.metadata;
  const statuses = parentStatuses(object);
  const look = `kubectl --namespace ${namespace} get ${object.kind} ${object.metadata.name} -o yaml shows its status.`;
  if (statuses.length === 0) {
    throw new RouteRejectedError(`No controller serves ${nameOf(object)}: its status names no parents.`, {
      remedy: `Install a mesh or gateway that implements the Gateway API, and attach the route by parentRefs. ${look}`,
    });
  }
  const taken = new Set(statuses.map((status) => keyOf(status.parentRef, namespace)));
  const forgotten = parentRefsOf(object).find((ref) => !taken.has(keyOf(ref, namespace)));
  if (forgotten !== undefined) {
    throw new RouteRejectedError(`No controller has taken up the parent ${parentName(forgotten, namespace)} of ${nameOf(object)}.`, {
      remedy: `Check that it exists and that its class is served, or take it out of parentRefs. ${look}`,
    });
  }
  const [first] = objectionsTo(object);
  if (first === undefined) return;
  if (first.isLate) {
    throw new WeightNotVerifiedError(`${nameOf(object)} is not accepted yet: its parent ${first.parent} ${first.message}.`, {
      remedy: `It is read again; if it stays so, see whether the controller of that parent runs. ${look}`,
    });
  }
  throw new RouteRejectedError(`${nameOf(object)} is not accepted: its parent ${first.parent} ${first.message}.`, {
    remedy: `A route that is not accepted moves no traffic: mend it first. ${look}`,
  });
}

function parentStatuses(object: KubernetesObject) {
  const parsed = withStatus.safeParse(object['status']);
  return parsed.success ? (parsed.data.parents ?? []) : [];
}

function keyOf({ group = gatewayGroup, kind = 'Gateway', name, namespace, sectionName, port }: ParentRef, routeNamespace: string): string {
  return JSON.stringify([isCoreGroup(group) ? '' : group, kind, namespace ?? routeNamespace, name, sectionName ?? null, port ?? null]);
}
