import { compileMatcher, type Leaf, type Matcher } from './matchers.ts';
import { badPattern, isRecord } from './pattern-error.ts';

type Path = readonly string[];
/** A pattern without `$or`: for each field a list of matchers, or the fields below it. */
interface Fields {
  readonly [name: string]: readonly Matcher[] | Fields;
}

/** EventBridge's own bound on what `$or` may multiply to. */
const mostAlternatives = 1_000;

/**
 * Whether an event matches an EventBridge pattern, as AWS's Ruler answers it. Rules compile once with {@link compilePattern}.
 *
 * @throws InvalidInputError for a pattern that EventBridge would refuse.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

/**
 * Checks a pattern and makes the function that tests events against it.
 *
 * What is easily overlooked, all of it observed on Ruler 1.8.1: `anything-but` and every other matcher need a value, so a
 * missing key fails; `exists: true` is about values, so `[]` and an object fail; an array of objects must match within one of
 * its elements; `exists: false` means that no element has the field.
 *
 * @throws InvalidInputError for a pattern that EventBridge would refuse.
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  const alternatives = expand(pattern, []);
  return (event) => {
    const present = new Set<string>();
    collectPaths(event, '', present);
    return alternatives.some((fields) => matchesFields(fields, event, '', present));
  };
}

/** Writes `$or` out: the pattern becomes a list of patterns without it, of which one must match as a whole. */
function expand(pattern: unknown, path: Path): readonly Fields[] {
  if (!isRecord(pattern)) throw badPattern(path, 'must be an object, or a list of values');
  if (Object.keys(pattern).length === 0) throw badPattern(path, 'is an empty object');
  let alternatives: readonly Fields[] = [{}];
  for (const [name, value] of Object.entries(pattern)) {
    const added = name === '$or' ? expandOr(value, [...path, name]) : expandField(name, value, [...path, name]);
    if (alternatives.length * added.length > mostAlternatives) {
      throw badPattern([...path, name], `multiplies to more than ${mostAlternatives} combinations`);
    }
    alternatives = alternatives.flatMap((left) => added.map((right) => merge(left, right, path)));
  }
  return alternatives;
}

function expandOr(value: unknown, path: Path): readonly Fields[] {
  if (!Array.isArray(value) || value.length < 2) throw badPattern(path, 'must be a list of two patterns or more');
  return value.flatMap((alternative) => expand(alternative, path));
}

function expandField(name: string, value: unknown, path: Path): readonly Fields[] {
  if (!Array.isArray(value)) return expand(value, path).map((fields) => ({ [name]: fields }));
  if (value.length === 0) throw badPattern(path, 'is an empty list');
  return [{ [name]: value.map((entry) => compileMatcher(entry, path)) }];
}

function merge(left: Fields, right: Fields, path: Path): Fields {
  const merged: Record<string, readonly Matcher[] | Fields> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const existing = Object.hasOwn(merged, name) ? merged[name] : undefined;
    if (existing === undefined) merged[name] = value;
    else if (isMatchers(existing) || isMatchers(value)) throw badPattern([...path, name], 'is given twice, within $or and outside of it');
    else merged[name] = merge(existing, value, [...path, name]);
  }
  return merged;
}

function isMatchers(value: readonly Matcher[] | Fields): value is readonly Matcher[] {
  return Array.isArray(value);
}

function matchesFields(fields: Fields, node: unknown, path: string, present: ReadonlySet<string>): boolean {
  if (Array.isArray(node) && node.length > 0) return node.some((element) => matchesFields(fields, element, path, present));
  const record = isRecord(node) ? node : {};
  return Object.entries(fields).every(([name, wanted]) => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    const below = `${path}/${name}`;
    if (!isMatchers(wanted)) return matchesFields(wanted, value, below, present);
    return wanted.some((matcher) => (matcher === 'absent' ? !present.has(below) : leaves(value).some(matcher)));
  });
}

/** The values at the end of a path: one, those of a list, or none for an object. */
function leaves(value: unknown): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isLeaf(value) ? [value] : [];
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Every path that ends in a value, whichever element of an array it is in. */
function collectPaths(node: unknown, path: string, into: Set<string>): void {
  if (isLeaf(node)) into.add(path);
  else if (Array.isArray(node)) for (const element of node) collectPaths(element, path, into);
  else if (isRecord(node)) for (const [name, value] of Object.entries(node)) collectPaths(value, `${path}/${name}`, into);
}
