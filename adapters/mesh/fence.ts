import { FencedError } from '../../core/errors.ts';
import type { JsonPatchOperation, KubernetesObject, WriteRole } from '../../core/ports.ts';
import { specTests } from './rule-tests.ts';

/** The annotation on a route that carries the fence of one rollout. Two rollouts on one object have one each (T5). */
export function fenceAnnotation(rollout: string): string {
  return `fence.sluice.dev/${rollout}`;
}

/** What the route's rule was when the rollout claimed it, as JSON. */
export function beforeAnnotation(rollout: string): string {
  return `before.sluice.dev/${rollout}`;
}

/** The fence on an object. Text that is no number was not written by Sluice, and counts as none. */
export function fenceOf(object: KubernetesObject, rollout: string): number | undefined {
  const text = object.metadata.annotations?.[fenceAnnotation(rollout)];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export interface FenceClaim {
  readonly rollout: string;
  readonly fence: number;
  readonly role: WriteRole;
  /** See SplitWrite in core/ports.ts. */
  readonly replaces?: number | undefined;
}

/**
 * The operations that make a patch hold only for whoever may write: tests first, then the fence itself. The API server evaluates
 * them in one step with the change, so a writer that was paused between its check and its write is refused (T3).
 *
 * @throws FencedError where the role may not write under the fence that the object carries.
 */
export function fenceOperations(object: KubernetesObject, claim: FenceClaim): JsonPatchOperation[] {
  const found = fenceOf(object, claim.rollout);
  assertMayWrite(object, claim, found);
  const path = annotationPath(fenceAnnotation(claim.rollout));
  const text = object.metadata.annotations?.[fenceAnnotation(claim.rollout)];
  const value = String(claim.fence);
  if (text === undefined) {
    // JSON Patch cannot test that a path is absent, so the version of the whole object stands in for it.
    const annotations: JsonPatchOperation[] =
      object.metadata.annotations === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} }] : [];
    return [
      { op: 'test', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
      ...annotations,
      { op: 'add', path, value },
    ];
  }
  // Text with these letters the API server compares byte by byte with what Go's encoder makes of it: see ruleTests.
  const test: JsonPatchOperation = /[<>&\u2028\u2029]/.test(text)
    ? { op: 'test', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion }
    : { op: 'test', path, value: text };
  // A raise may find nothing else to change, and then nothing else of the patch tells whether a late owner wrote in between.
  const asRead = claim.replaces === undefined ? [] : specTests(object);
  return text === value ? [test] : [...asRead, test, { op: 'replace', path, value }];
}

function assertMayWrite(object: KubernetesObject, claim: FenceClaim, found: number | undefined): void {
  const own = claim.replaces ?? claim.fence;
  const newer = found !== undefined && found > own;
  const notMine = claim.role === 'owner' && found !== own;
  if (!newer && !notMine) return;
  throw new FencedError(
    `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name} carries fence ${found ?? 'none'} for ${claim.rollout}, not ${own}.`,
    {
      remedy: newer ? 'Another owner has taken over; this execution must not write.' : 'Somebody removed the fence; the rollout gives way.',
    },
  );
}

/** RFC 6901 escapes `~` and `/` in a pointer. */
export function annotationPath(annotation: string): string {
  return `/metadata/annotations/${annotation.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
