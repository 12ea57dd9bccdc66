import { isDeepStrictEqual } from 'node:util';
import { ClusterForbiddenError, RouteRejectedError, WorkloadRejectedError, WriteConflictError } from '../../core/errors.ts';
import type { KubernetesApi } from '../../core/ports.ts';
import type { RouteObject, RoutePatch } from './route-dialect.ts';
import { missing, type Place, readObject } from './route-objects.ts';

/** How often a patch is computed anew when somebody else wrote in between, before Step Functions' own Retry takes over. */
const attempts = 5;

/** What is done where the API server objects to a patch: what was left unwritten, as sentences, or undefined where nothing helped. */
export type Instead = (refused: {
  readonly found: RouteObject;
  readonly patch: RoutePatch;
  readonly objection: string;
}) => Promise<string | undefined>;

/**
 * Get, compute, patch; and again, where the API server refused because the object is no longer what was read. Where it still is, or where the same
 * is to be written as before, the API server objects to that, in the same way each time; so does an admission webhook, by any 4xx.
 *
 * @param always written also where it changes nothing, and tried on where the API server objects.
 * @returns what `instead` left unwritten; undefined where the whole patch was written.
 * @throws RouteRejectedError where the object is missing, or the API server objects and `always` is not asked.
 * @throws ClusterForbiddenError, WorkloadRejectedError where it objects by another 4xx than that of a test that failed.
 * @throws WriteConflictError, ClusterUnavailableError, and what computing the patch throws.
 */
export async function patchObject(
  api: KubernetesApi,
  place: Place,
  patchOf: (found: RouteObject) => RoutePatch,
  { always = false, instead }: { readonly always?: boolean; readonly instead?: Instead | undefined } = {},
): Promise<string | undefined> {
  const { namespace, name, resource } = place.ref;
  let refused: (RoutePatch & { readonly version: string | undefined; readonly message: string }) | undefined;
  let asked = false;
  const doInstead: Instead = async (objected) => {
    if (asked) return undefined;
    asked = true;
    return instead?.(objected);
  };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = await readObject(api, place);
    const { resourceVersion: version } = found.object.metadata;
    const patch = patchOf(found);
    if (!patch.changed && !always) return undefined;
    if (refused !== undefined && (refused.version === version || isDeepStrictEqual(refused.operations, patch.operations))) {
      const left = await doInstead({ found, patch, objection: refused.message });
      if (left !== undefined) return left;
      if (refused.version === version && !always) {
        throw new RouteRejectedError(
          `The API server objects to what is to be written to ${place.kind} ${namespace}/${name}: ${refused.message}`,
          { remedy: 'Mend what it objects to, in the spec or in the object.' },
        );
      }
    }
    try {
      const result = await api.write({ jsonPatch: place.ref, operations: patch.operations });
      if (result.status === 'written') return undefined;
      if (result.status === 'notFound') throw missing(place);
      refused = { ...patch, version, message: result.message };
    } catch (error) {
      const left = isDenial(error) ? await doInstead({ found, patch, objection: error.what }) : undefined;
      if (left === undefined) throw error;
      return left;
    }
  }
  throw new WriteConflictError(`${place.kind} ${namespace}/${name} changed under ${attempts} writes in a row.`, {
    remedy: `Find out who else writes it: kubectl --namespace ${namespace} get ${resource} ${name} -o yaml --show-managed-fields.`,
  });
}

/** What the client makes of a 4xx that is neither a conflict nor a test that failed. */
export function isDenial(error: unknown): error is ClusterForbiddenError | WorkloadRejectedError {
  return error instanceof ClusterForbiddenError || error instanceof WorkloadRejectedError;
}
