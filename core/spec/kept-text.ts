import * as z from 'zod/mini';
import { shorten } from '../shorten.ts';

/** What is kept of a reason, in characters: it goes into the record of the rollout, whose item has bounds. */
export const mostOfReason = 1_000;
/** What is kept of a name. An IAM user's ARN has some 600 characters at most, of which the path may have 512. */
export const mostOfName = 1_024;

/** Text of a person who asks something of a rollout in a hurry: nobody is turned away for the length of it. It is shortened. */
export function keptText(text: z.ZodMiniString, mostCharacters: number) {
  return z.pipe(
    text,
    z.transform((given) => shorten(given, mostCharacters)),
  );
}
