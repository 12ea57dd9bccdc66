import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget, SplitWrite } from '../../core/ports.ts';
import type { RouteRef, RouterKind } from '../../core/spec/router-spec.ts';
import { sameSplit } from '../../core/traffic/split.ts';
import { fenceOf } from './fence.ts';
import { oncePerMesh } from './once-per-mesh.ts';
import type { RouteDialect } from './route-dialect.ts';
import { placesOf } from './route-objects.ts';

/** What a step has written, as it should stand until the next. */
export type Written = Pick<SplitWrite, 'split' | 'fence' | 'shape'>;

/**
 * What somebody has undone of what a rollout made in an object besides its weights. `rule` is one that the rollout inserted, or for mirror and
 * cookie the one that it steers.
 */
export interface Undone {
  readonly rule: string;
  readonly what: 'gone' | 'elsewhere' | 'behind' | 'mirror' | 'cookie';
}

/**
 * What of a shape does not stand in one object. Only what cannot come from an edit of the rule itself: the inserted rules are copies of that, and
 * follow it with the next write. @throws RouteRejectedError where the shape could not be written any more.
 */
export type FindUndone = (object: KubernetesObject, routes: readonly RouteRef[], target: RouteTarget, write: SplitWrite) => Undone[];

/** Linkerd's routes are those of the Gateway API; a splitter of Consul has nothing but its splits. */
export const finderOf = oncePerMesh<FindUndone>({
  istio: async () => (await import('./istio/find-undone.ts')).findUndone,
  gatewayApi: async () => (await import('./gateway-api/find-undone.ts')).findUndone,
  linkerd: async () => (await import('./gateway-api/find-undone.ts')).findUndone,
  consul: async () => () => [],
});

/** See `findOutsideEdits` in registry.ts. */
export async function findEdits(
  kind: RouterKind,
  api: KubernetesApi,
  dialect: RouteDialect,
  target: RouteTarget,
  written: Written,
): Promise<string[]> {
  const { match = [], affinity, mirrorWeight } = written.shape ?? {};
  if (match.length === 0 && affinity === undefined && mirrorWeight === undefined) return [];
  const find = await finderOf(kind);
  const edits: string[] = [];
  for (const { ref, routes } of placesOf(dialect, target)) {
    const object = await api.read(ref);
    // A fence, a route or a weight that is not as written is found by reading the routes.
    if (object === undefined || fenceOf(object, target.rollout) !== written.fence) continue;
    if (routes.some((route) => !sameSplit(dialect.readSplit(object, route, target), written.split))) continue;
    const where = `${object.kind} ${target.namespace}/${ref.name}`;
    try {
      edits.push(...find(object, routes, target, { ...written, role: 'owner' }).map((undone) => sentenceOf(undone, where)));
    } catch (error) {
      if (!(error instanceof RouteRejectedError)) throw error;
      edits.push(error.what);
    }
  }
  return [...new Set(edits)];
}

/** Whether entries that a list should have are not in it, wherever they stand. */
export function lacks(list: unknown, wanted: unknown): boolean {
  const present: readonly unknown[] = Array.isArray(list) ? list : [];
  return Array.isArray(wanted) && wanted.some((entry) => !present.some((other) => isDeepStrictEqual(other, entry)));
}

function sentenceOf({ rule, what }: Undone, where: string): string {
  switch (what) {
    case 'gone':
      return `The rule ${rule} is gone from ${where}.`;
    case 'elsewhere':
      return `The rule ${rule} of ${where} no longer leads where it did.`;
    case 'behind':
      return `The rule ${rule} of ${where} stands behind the one that it was made for.`;
    case 'mirror':
      return `The mirror to the canary is gone from the rule ${rule} of ${where}, or another.`;
    case 'cookie':
      return `The cookie of the affinity is gone from the rule ${rule} of ${where}, or another.`;
  }
}
