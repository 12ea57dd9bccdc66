import * as z from 'zod/mini';

type Schema = z.core.$ZodType;

/** What a value must be, without wrappers for defaults and transforms, on the input side. A union gives all its options. */
function peel(schema: Schema): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return peel(def.innerType);
    case 'pipe':
      return peel(def.in);
    case 'union':
      return def.options.flatMap(peel);
    default:
      return [schema];
  }
}

function child(schema: Schema, part: PropertyKey): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'array') return typeof part === 'number' ? [def.element] : [];
  if (def.type !== 'object') return [];
  const found = Object.hasOwn(def.shape, part) ? def.shape[String(part)] : undefined;
  return found === undefined ? [] : [found];
}

function schemasAt(schema: Schema, path: readonly PropertyKey[]): Schema[] {
  let here = [schema];
  for (const part of path) here = here.flatMap(peel).flatMap((one) => child(one, part));
  return here;
}

/** The keys that a mapping may have at that place; those of all alternatives where there are several. */
export function allowedKeys(schema: Schema, path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(schema, path)
    .flatMap(peel)
    .flatMap((one) => {
      const { def } = (one as z.core.$ZodTypes)._zod;
      return def.type === 'object' ? Object.keys(def.shape) : [];
    });
  return [...new Set(keys)];
}

/** What the schema says about the field, in words. */
export function descriptionAt(schema: Schema, path: readonly PropertyKey[]): string | undefined {
  for (const one of schemasAt(schema, path)) {
    const own = z.globalRegistry.get(one)?.description;
    if (own !== undefined) return own;
    for (const peeled of peel(one)) {
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
export function formatTextAt(schema: Schema, path: readonly PropertyKey[]): string | undefined {
  for (const one of schemasAt(schema, path).flatMap(peel)) {
    const issues = z.safeParse(one, '').error?.issues ?? [];
    const text = issues.find((issue) => issue.code === 'invalid_format')?.message;
    if (text !== undefined && text !== noMessage) return text;
  }
  return undefined;
}

/** What zod/mini says where a schema names no text of its own: it has no locale loaded. */
export const noMessage = 'Invalid input';
