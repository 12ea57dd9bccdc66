import { InvalidInputError } from '../../core/errors.ts';

/** A value as DynamoDB's API writes it; sets and binaries are left out, because Sluice stores none. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Readonly<Record<string, AttributeValue>> };

/** What DynamoDB keeps of a number: 38 digits, and magnitudes from 1e-130 to 9.99e125. A double has 17 digits. */
const smallestMagnitude = 1e-130;
const largestMagnitude = 9.99e125;

/**
 * Both stores take exactly this: JSON, without undefined in lists. Undefined fields of objects are left out.
 *
 * @throws InvalidInputError for anything else (a Date, a Map, NaN, a bigint), with its path: it would come back different.
 */
export function marshal(value: unknown, path = 'value'): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number' && isStorable(value)) return { N: String(value) };
  if (Array.isArray(value)) return { L: Array.from(value, (entry, index) => marshal(entry, `${path}[${index}]`)) };
  if (isPlainObject(value)) return { M: marshalFields(value, path) };
  throw new InvalidInputError(`${path} is ${describe(value)}, which the store cannot keep.`, {
    remedy: 'Store text, finite numbers, booleans, null, and lists and plain objects of them.',
  });
}

/** The fields of an object, as they stand inside an `M`. */
export function marshalFields(fields: Readonly<Record<string, unknown>>, path = 'value'): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field === undefined ? [] : [[name, marshal(field, `${path}.${name}`)]])),
  );
}

/** @throws InvalidInputError where the attribute is none of those that `marshal` makes: somebody else wrote it. */
export function unmarshal(attribute: unknown): unknown {
  const [type, inner] = isPlainObject(attribute) ? (Object.entries(attribute)[0] ?? []) : [];
  if (type === 'S' && typeof inner === 'string') return inner;
  if (type === 'N' && typeof inner === 'string') return Number(inner);
  if (type === 'BOOL' && typeof inner === 'boolean') return inner;
  if (type === 'NULL') return null;
  if (type === 'L' && Array.isArray(inner)) return inner.map(unmarshal);
  if (type === 'M' && isPlainObject(inner)) return unmarshalFields(inner);
  throw new InvalidInputError(`The store holds an attribute of the type ${type ?? 'none'}, which Sluice never writes.`, {
    remedy: 'Find out who else writes to the table, and restore the item.',
  });
}

/** The inverse of `marshalFields`. */
export function unmarshalFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, unmarshal(field)]));
}

function isStorable(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude === 0 || (magnitude >= smallestMagnitude && magnitude <= largestMagnitude);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === 'object') return `a ${value?.constructor.name}`;
  return typeof value === 'number' ? `the number ${value}` : `of the type ${typeof value}`;
}
