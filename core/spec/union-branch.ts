import type * as z from 'zod/mini';
import { closestWord } from './typo-hint.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

const wrongKind = 1_000;
const wrongShape = 20;
const mistypedShape = 5;

/**
 * The alternative of a union that somebody most likely meant to write: the one whose complaints are deepest and fewest. Steps that
 * are a list are judged as a list, `{linear: …}` as linear steps. Undefined where the value is of another kind than all of them, and where it
 * is a mapping without a key that tells which of them is meant.
 */
export function bestBranch(branches: readonly (readonly Issue[])[], value: unknown, keys: readonly string[]): readonly Issue[] | undefined {
  const candidates = branches
    .map((branch) => ({ branch, missing: missingKeys(branch, value), score: misfit(branch, value, keys) }))
    .filter(({ score }) => score < wrongKind)
    .sort((a, b) => a.score - b.score);
  const [best] = candidates;
  if (best === undefined || candidates.some(({ missing }) => missing.size === 0)) return best?.branch;
  const unknown = best.branch.filter(({ code }) => code === 'unrecognized_keys');
  if (unknown.length === 0) return undefined;
  // What is missing depends on what was meant, which nobody can know: where no key is a mistyped one, only what is too much can be told.
  return best.score < wrongShape ? best.branch : unknown;
}

function misfit(branch: readonly Issue[], value: unknown, keys: readonly string[]): number {
  const missing = missingKeys(branch, value);
  let score = 0;
  for (const issue of branch) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
      const meant = issue.keys.map((key) => closestWord(key, keys));
      score += meant.some((word) => word !== undefined && missing.has(word)) ? mistypedShape : wrongShape;
    } else if (issue.path.length === 0 && isOfAnotherKind(issue, value)) score += wrongKind;
    else score += 1;
  }
  return score;
}

/** A word that was expected is of another kind than a mapping or a list. */
function isOfAnotherKind({ code }: Issue, value: unknown): boolean {
  return code === 'invalid_type' || (code === 'invalid_value' && typeof value === 'object');
}

function missingKeys(branch: readonly Issue[], value: unknown): ReadonlySet<PropertyKey> {
  const at = (key: PropertyKey): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined);
  const keys = branch.flatMap(({ code, path: [key] }) => (code === 'invalid_type' && key !== undefined ? [key] : []));
  return new Set(keys.filter((key) => at(key) === undefined));
}

/**
 * The options of a union that a value may have been meant for: of those that differ by a key such as `kind` the one of that kind, else those
 * whose required keys are all there. All, where that leaves none.
 */
export function fittingOptions(def: z.core.$ZodUnionDef, value: unknown): readonly Schema[] {
  if (typeof value !== 'object' || value === null) return def.options;
  const discriminator = 'discriminator' in def ? String(def.discriminator) : undefined;
  const fitting = def.options.filter((option) => {
    const { def: inner } = (option as z.core.$ZodTypes)._zod;
    if (inner.type !== 'object') return false;
    const shape: Readonly<Record<string, Schema>> = inner.shape;
    const decisive =
      discriminator === undefined ? Object.keys(shape).filter((key) => shape[key]?._zod.optin === undefined) : [discriminator];
    return decisive.every(
      (key) => Object.hasOwn(value, key) && (discriminator === undefined || accepts(shape[key], Reflect.get(value, key))),
    );
  });
  return fitting.length === 0 ? def.options : fitting;
}

function accepts(schema: Schema | undefined, value: unknown): boolean {
  if (schema === undefined) return false;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'literal' && def.values.some((one) => one === value);
}
