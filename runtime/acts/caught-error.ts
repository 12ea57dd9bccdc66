import * as z from 'zod/mini';
import { shorten } from '../../core/shorten.ts';

/** Of an error's message, which goes into the store and to people: a Cause may have 32,768. */
export const mostCharacters = 2_000;

/** What a Catch has laid beside a state's input. */
const caughtError = z.looseObject({ error: z.looseObject({ Error: z.string(), Cause: z._default(z.string(), '') }) });

export interface CaughtError {
  /** The error's name: `ClusterUnavailableError`, `States.Timeout`. */
  readonly error: string;
  /** Its message, or where it has none its name. */
  readonly why: string;
}

/** The error that the payload of a state machine bears, or undefined where it bears none. */
export function caughtErrorOf(payload: unknown): CaughtError | undefined {
  const caught = caughtError.safeParse(payload);
  if (!caught.success) return undefined;
  const { Error: error, Cause } = caught.data.error;
  return { error, why: shorten(messageOf(Cause) || error, mostCharacters) };
}

/** Lambda's Cause is JSON with errorMessage; an interpreter's may be the message itself. */
function messageOf(text: string): string {
  try {
    const parsed = z.looseObject({ errorMessage: z.string() }).safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.errorMessage : text;
  } catch {
    return text;
  }
}
