import * as z from 'zod/mini';
import { InvalidInputError } from '../../core/errors.ts';
import type { StoredItem } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';
import { keyText } from './changes.ts';

/** @throws InvalidInputError where the item does not hold such a document: somebody else wrote it, or damaged it. */
export function readDocument<T>(schema: z.ZodMiniType<T>, { key, value }: Pick<StoredItem, 'key' | 'value'>): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const places = [...new Set(read.error.issues.map(({ path }) => path.slice(0, 3).join('.')))];
  throw new InvalidInputError(`The item ${keyText(key)} of the store is not as Sluice writes it: see ${shorten(places.join(', '), 200)}.`, {
    remedy: 'Find out who else writes to the table, and restore the item.',
    cause: new Error(shorten(z.prettifyError(read.error), 2_000)),
  });
}

/** A field that is for people, who are told of it whatever stands there. */
export function textOf(field: unknown): string {
  return typeof field === 'string' ? field : 'unknown';
}
