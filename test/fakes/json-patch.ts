import { isDeepStrictEqual } from 'node:util';
import type { JsonPatchOperation } from '../../core/ports.ts';

/** A JSON Patch that does not hold. The API server answers it with 422. */
export class PatchRefused extends Error {}

type Container = Record<string, unknown> | unknown[];

/** RFC 6902 as far as Sluice uses it, on a copy. @throws PatchRefused where a test fails or a path leads nowhere. */
export function applyJsonPatch<T>(document: T, operations: readonly JsonPatchOperation[]): T {
  const copy = structuredClone(document);
  for (const operation of operations) applyOperation(copy, operation);
  return copy;
}

function applyOperation(document: unknown, operation: JsonPatchOperation): void {
  const keys = operation.path.split('/').slice(1);
  const last = (keys.pop() ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
  const parent = keys.reduce<unknown>((at, key) => child(at, key.replaceAll('~1', '/').replaceAll('~0', '~'), operation), document);
  if (typeof parent !== 'object' || parent === null) throw refused(operation);
  const container = parent as Container;
  if (operation.op === 'add') add(container, last, structuredClone(operation.value), operation);
  else change(container, last, operation);
}

function change(container: Container, last: string, operation: JsonPatchOperation): void {
  const present = child(container, last, operation);
  if (operation.op === 'test' && !isDeepStrictEqual(present, operation.value)) throw refused(operation);
  if (operation.op === 'replace') Object.assign(container, { [last]: structuredClone(operation.value) });
  if (operation.op !== 'remove') return;
  if (Array.isArray(container)) container.splice(Number(last), 1);
  else delete container[last];
}

function add(container: Container, key: string, value: unknown, operation: JsonPatchOperation): void {
  if (!Array.isArray(container)) {
    container[key] = value;
    return;
  }
  const index = key === '-' ? container.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > container.length) throw refused(operation);
  container.splice(index, 0, value);
}

function child(parent: unknown, key: string, operation: JsonPatchOperation): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) throw refused(operation);
  return (parent as Record<string, unknown>)[key];
}

function refused(operation: JsonPatchOperation): PatchRefused {
  return new PatchRefused(`${operation.op} ${operation.path} does not hold`);
}
