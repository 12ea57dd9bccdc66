import * as z from 'zod/mini';
import { isRecord, sameJson } from './json.ts';

/** kube-apiserver takes an absent value for null. */
const value = z._default(z.unknown(), null);
const pointer = z.string().check(z.regex(/^(\/([^~]|~[01])*)?$/, { error: 'a JSON pointer' }));

/** RFC 6902 without `move` and `copy`, which Sluice does not use. Whoever sends them is told so, not ignored. */
export const jsonPatch = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('add'), path: pointer, value }),
    z.object({ op: z.literal('replace'), path: pointer, value }),
    z.object({ op: z.literal('test'), path: pointer, value }),
    z.object({ op: z.literal('remove'), path: pointer }),
  ]),
);
export type JsonPatch = z.infer<typeof jsonPatch>;
type Operation = JsonPatch[number];

/** A boxed value, so that "cannot be applied" differs from a document that is null. */
type Patched = { readonly document: unknown } | undefined;

/**
 * Applies all operations, or none: undefined where a test fails or a path does not exist. The document stays as it was.
 *
 * One point is kube-apiserver's, not the RFC's: a `test` for null passes where the last key of its path is absent.
 */
export function applyJsonPatch(document: unknown, patch: JsonPatch): Patched {
  let patched: Patched = { document };
  for (const operation of patch) {
    patched = applyAt(patched.document, parsePointer(operation.path), operation);
    if (patched === undefined) return undefined;
  }
  return patched;
}

/** @example parsePointer('/metadata/annotations/sluice.dev~1fence') // ['metadata', 'annotations', 'sluice.dev/fence'] */
export function parsePointer(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Builds the changed spine anew, from the leaf up: what is not on the path is shared with the old document. */
function applyAt(node: unknown, path: readonly string[], operation: Operation): Patched {
  const [key, ...rest] = path;
  if (key === undefined) return applyToWhole(node, operation);
  if (rest.length === 0) {
    if (Array.isArray(node)) return applyToElement(node, key, operation);
    return isRecord(node) ? applyToMember(node, key, operation) : undefined;
  }
  if (Array.isArray(node)) {
    const index = arrayIndex(key, node.length - 1);
    const child = index === undefined ? undefined : applyAt(node[index], rest, operation);
    return index === undefined || child === undefined ? undefined : { document: node.with(index, child.document) };
  }
  if (!isRecord(node) || !Object.hasOwn(node, key)) return undefined;
  const child = applyAt(node[key], rest, operation);
  return child === undefined ? undefined : { document: { ...node, [key]: child.document } };
}

function applyToWhole(node: unknown, operation: Operation): Patched {
  switch (operation.op) {
    case 'add':
    case 'replace':
      return { document: operation.value };
    case 'test':
      return sameJson(node, operation.value) ? { document: node } : undefined;
    case 'remove':
      return undefined;
  }
}

function applyToMember(node: Readonly<Record<string, unknown>>, key: string, operation: Operation): Patched {
  const present = Object.hasOwn(node, key);
  switch (operation.op) {
    case 'add':
      return { document: { ...node, [key]: operation.value } };
    case 'replace':
      return present ? { document: { ...node, [key]: operation.value } } : undefined;
    case 'test':
      return sameJson(present ? node[key] : null, operation.value) ? { document: node } : undefined;
    case 'remove':
      return present ? { document: Object.fromEntries(Object.entries(node).filter(([each]) => each !== key)) } : undefined;
  }
}

function applyToElement(node: readonly unknown[], key: string, operation: Operation): Patched {
  if (operation.op === 'add') {
    const index = key === '-' ? node.length : arrayIndex(key, node.length);
    return index === undefined ? undefined : { document: node.toSpliced(index, 0, operation.value) };
  }
  const index = arrayIndex(key, node.length - 1);
  if (index === undefined) return undefined;
  switch (operation.op) {
    case 'replace':
      return { document: node.with(index, operation.value) };
    case 'test':
      return sameJson(node[index], operation.value) ? { document: node } : undefined;
    case 'remove':
      return { document: node.toSpliced(index, 1) };
  }
}

function arrayIndex(token: string, highest: number): number | undefined {
  if (!/^(0|[1-9]\d*)$/.test(token)) return undefined;
  const index = Number(token);
  return index <= highest ? index : undefined;
}
