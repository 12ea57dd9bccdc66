import * as z from 'zod/mini';
import { fittingOptions } from './union-branch.ts';

type Schema = z.core.$ZodType;

/** A schema at some place, and what stands there: of a union's options those count that the value was most likely meant for. */
interface Place {
  readonly schema: Schema;
  readonly value: unknown;
}

/** What a value must be, without wrappers for defaults and transforms, on the input side. A union gives the options that fit. */
function peel({ schema, value }: Place): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return peel({ schema: def.innerType, value });
    case 'pipe':
      return peel({ schema: def.in, value });
    case 'union':
      return fittingOptions(def, value).flatMap((option) => peel({ schema: option, value }));
    default:
      return [schema];
  }
}

function child(schema: Schema, part: PropertyKey): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'array') return typeof part === 'number' ? [def.element] : [];
  const found = shapeOf(schema)?.[String(part)];
  return found === undefined ? [] : [found];
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? Object.assign(Object.create(null), def.shape) : undefined;
}

function placesAt(root: Place, path: readonly PropertyKey[]): Place[] {
  let here = [root];
  for (const part of path) {
    here = here.flatMap((place) => {
      const value = valueAt(place.value, [part]);
      return peel(place).flatMap((one) => child(one, part).map((schema) => ({ schema, value })));
    });
  }
  return here;
}

/** What stands at the path; undefined where there is nothing. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** The keys that a mapping may have at that place; those of all alternatives that the value there may have been meant for. */
export function allowedKeys(schema: Schema, path: readonly PropertyKey[], root: unknown): string[] {
  const shapes = placesAt({ schema, value: root }, path).flatMap(peel).map(shapeOf);
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape ?? {})))];
}

/**
 * The kinds of a mapping further up under which a key that is unknown at that place would be known: `virtualService` is of istio. Empty where
 * it is known under none, and where it is known under the present one too, beside other keys.
 */
export function kindsWithKey(schema: Schema, path: readonly PropertyKey[], root: unknown, key: string): string[] {
  const kinds = [...path.keys(), path.length].flatMap((depth) => {
    const above = path.slice(0, depth);
    return placesAt({ schema, value: root }, above).flatMap(({ schema: union, value }) => {
      const { def } = (union as z.core.$ZodTypes)._zod;
      if (def.type !== 'union' || !('discriminator' in def)) return [];
      const discriminator = String(def.discriminator);
      const present = valueAt(value, [discriminator]);
      const knowing = def.options.flatMap((option) => {
        const known = allowedKeys(option, path.slice(depth), value).includes(key);
        return known ? child(option, discriminator).flatMap(literalsOf) : [];
      });
      return knowing.includes(String(present)) ? [] : knowing;
    });
  });
  return [...new Set(kinds)];
}

function literalsOf(schema: Schema): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'literal' ? def.values.map(String) : [];
}

/** What the schema says about the field, in words. */
export function descriptionAt(schema: Schema, path: readonly PropertyKey[], root: unknown): string | undefined {
  for (const place of placesAt({ schema, value: root }, path)) {
    const own = z.globalRegistry.get(place.schema)?.description;
    if (own !== undefined) return own;
    for (const peeled of peel(place)) {
      const inner = z.globalRegistry.get(peeled)?.description;
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/**
 * The text with which the schema refuses an empty string at that place: `a duration such as 90s, 5m, 1h30m or 2d`. It says more
 * about a missing value, or one of another type, than "a string" does.
 */
export function formatTextAt(schema: Schema, path: readonly PropertyKey[], root: unknown): string | undefined {
  for (const one of placesAt({ schema, value: root }, path).flatMap(peel)) {
    const issues = z.safeParse(one, '', ownTextsOnly).error?.issues ?? [];
    const text = issues.find((issue) => issue.code === 'invalid_format')?.message;
    if (text !== undefined && text !== noMessage) return text;
  }
  return undefined;
}

/** What zod/mini says where a schema names no text of its own. */
export const noMessage = 'Invalid input';

/** For a parse whose problems are told: it says so too where a program has loaded zod's own texts, as whoever imports all of zod has. */
export const ownTextsOnly = { error: () => noMessage };
