import type { JsonPatchOperation, KubernetesObject } from '../../core/ports.ts';

/**
 * Tests that nobody has changed the spec since it was read. Its generation grows with each change of that, and of nothing else: controllers that
 * write the status of a route over and over, each time with a new resourceVersion, would keep a door from its write for as long as they do.
 */
export function specTests({ metadata: { uid, generation, resourceVersion } }: KubernetesObject): JsonPatchOperation[] {
  if (uid === undefined || generation === undefined) return [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }];
  // One that was removed and made again begins at the first generation.
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/generation', value: generation },
  ];
}

/**
 * Tests that the rule at a place is still the one that was read: its place in the list says nothing, since somebody may insert one before it.
 * Where its name and content cannot tell, the generation of the whole object does: a rule without a name, which a new one before it may equal,
 * and text with `<`, `>` or `&`, which the API server compares byte by byte with what Go's encoder makes of it (`\u003c`), so that a test of
 * it holds only where whoever sends it escapes as Go does (gopkg.in/evanphx/json-patch.v4, lazyNode.equal).
 *
 * @param fields of the rule that what is written was computed from; those that are undefined are not there, and not tested.
 */
export function ruleTests(
  object: KubernetesObject,
  at: string,
  name: string | undefined,
  fields: Readonly<Record<string, unknown>>,
): JsonPatchOperation[] {
  if (name === undefined || /[<>&\u2028\u2029]/.test(JSON.stringify({ name, fields }))) {
    return specTests(object);
  }
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [
    { op: 'test', path: `${at}/name`, value: name },
    ...present.map(([field, value]): JsonPatchOperation => ({ op: 'test', path: `${at}/${field}`, value })),
  ];
}
