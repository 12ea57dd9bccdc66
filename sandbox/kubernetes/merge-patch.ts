import { isRecord } from './json.ts';

/**
 * Applies a JSON merge patch and returns the new value; the target stays as it was. Objects merge, null removes, anything
 * else (arrays too) replaces. Source: RFC 7386.
 *
 * @example applyMergePatch({ a: 1, b: { c: 2 } }, { a: null, b: { d: 3 } }) // { b: { c: 2, d: 3 } }
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  // A Map, so that a key such as __proto__ is a key like any other.
  const merged = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, applyMergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
