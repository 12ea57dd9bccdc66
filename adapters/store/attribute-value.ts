import { InvalidInputError } from '../../core/errors.ts';
import { shorten } from '../../core/shorten.ts';

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

/** How deeply a document of DynamoDB may be nested. */
const deepest = 32;

/**
 * Both stores take exactly this: JSON of at most 32 levels, without undefined in lists. Undefined fields of objects are left out. Half of a
 * character that takes two places becomes U+FFFD, since UTF-8 cannot carry it: a rollback must not fail for the text of its reason.
 *
 * @throws InvalidInputError for anything else (a Date, a Map, NaN, a bigint), with its path: it would come back different.
 */
export function marshal(value: unknown, path = 'value', levels = deepest): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value.toWellFormed() };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number' && isStorable(value)) return { N: String(value) };
  if (levels > 0 && Array.isArray(value)) {
    return { L: Array.from(value, (entry, index) => marshal(entry, `${path}[${index}]`, levels - 1)) };
  }
  if (levels > 0 && isPlainObject(value)) return { M: marshalFields(value, path, levels - 1) };
  const what = levels === 0 ? `nested on more than ${deepest} levels` : describe(value);
  throw new InvalidInputError(`${shorten(path, 200)} is ${what}, which the store cannot keep.`, {
    remedy: 'Store text, finite numbers, booleans, null, and lists and plain objects of them.',
  });
}

/** The fields of an object, as they stand inside an `M`. */
export function marshalFields(
  fields: Readonly<Record<string, unknown>>,
  path = 'value',
  levels = deepest - 1,
): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field === undefined ? [] : [[name.toWellFormed(), marshal(field, `${path}.${name}`, levels)]],
    ),
  );
}

/** @throws InvalidInputError where the attribute is none of those that `marshal` makes: somebody else wrote it. */
export function unmarshal(attribute: unknown, levels = deepest): unknown {
  const [type, inner] = isPlainObject(attribute) ? (Object.entries(attribute)[0] ?? []) : [];
  if (type === 'S' && typeof inner === 'string') return inner;
  if (type === 'N' && typeof inner === 'string' && Number.isFinite(Number(inner))) return Number(inner);
  if (type === 'BOOL' && typeof inner === 'boolean') return inner;
  if (type === 'NULL') return null;
  if (type === 'L' && levels > 0 && Array.isArray(inner)) return inner.map((entry) => unmarshal(entry, levels - 1));
  if (type === 'M' && levels > 0 && isPlainObject(inner)) return unmarshalFields(inner, levels - 1);
  throw new InvalidInputError(`The store holds an attribute of the type ${shorten(type ?? 'none', 20)}, which Sluice never writes.`, {
    remedy: 'Find out who else writes to the table, and restore the item.',
  });
}

/** @throws InvalidInputError where it is not the map that an item's value is. */
export function unmarshalItem(fields: unknown): Record<string, unknown> {
  if (isPlainObject(fields)) return unmarshalFields(fields);
  throw new InvalidInputError('The store holds an item without a map of values, which Sluice never writes.', {
    remedy: 'Find out who else writes to the table, and restore the item.',
  });
}

/** The inverse of `marshalFields`. */
export function unmarshalFields(fields: Readonly<Record<string, unknown>>, levels = deepest - 1): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, unmarshal(field, levels)]));
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
