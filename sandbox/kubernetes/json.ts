import { isDeepStrictEqual } from 'node:util';

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equality as JSON means it: the order of keys does not count, the order of array elements does. */
export function sameJson(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** Freezes a whole tree, so that an object handed out can be kept by whoever reads it and changed by nobody. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/**
 * A short text that is the same for the same input, in the letters that Kubernetes takes for generated names (no vowels, so
 * that no word appears). FNV-1a, 32 bits: enough to tell the templates of one Deployment apart.
 */
export function nameHash(text: string, length: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  let name = '';
  for (let index = 0; index < length; index += 1) {
    name += letters[hash % letters.length];
    hash = Math.imul(hash ^ (hash >>> 13), 0x01000193) >>> 0;
  }
  return name;
}
