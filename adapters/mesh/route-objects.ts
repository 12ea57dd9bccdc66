import { RouteRejectedError } from '../../core/errors.ts';
import type { KubernetesApi, ResourceRef, RouteTarget } from '../../core/ports.ts';
import type { RouteRef } from '../../core/spec/router-spec.ts';
import type { RouteDialect, RouteObject } from './route-dialect.ts';

/** How often a route is read again until its controllers have accepted it, a request each, before Step Functions' own Retry takes over. */
export const settleReads = 25;

/** A route object that is still to be read. */
export type Place = Pick<RouteObject, 'ref' | 'routes'> & { readonly kind: string };

/** The objects of a target's routes, each once, in the order of the spec. */
export function placesOf(dialect: RouteDialect, target: RouteTarget): Place[] {
  const places = new Map<string, { ref: ResourceRef; kind: string; routes: RouteRef[] }>();
  for (const route of target.routes) {
    const ref = dialect.refOf(route, target.namespace);
    const key = keyOf(ref);
    const place = places.get(key) ?? { ref, kind: dialect.kindOf(route), routes: [] };
    place.routes.push(route);
    places.set(key, place);
  }
  return [...places.values()];
}

/** The same for routes of one object. */
export function keyOf({ apiVersion, resource, name }: ResourceRef): string {
  return `${apiVersion}/${resource}/${name}`;
}

/** @throws RouteRejectedError where there is none. */
export async function readObject(api: KubernetesApi, place: Place): Promise<RouteObject> {
  const object = await api.read(place.ref);
  if (object === undefined) throw missing(place);
  return { ref: place.ref, routes: place.routes, object };
}

export function missing({ kind, ref: { namespace, name } }: Place): RouteRejectedError {
  return new RouteRejectedError(`There is no ${kind} ${namespace}/${name}.`, {
    remedy: 'Create it, or correct router.routes in the spec.',
  });
}
