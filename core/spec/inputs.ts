import * as z from 'zod/mini';
import { actor } from '../rollout/record.ts';
import type { SpecProblem } from './diagnostic.ts';
import { type ImageReference, parseImageReference } from './image-reference.ts';
import { keptText, mostOfName, mostOfReason } from './kept-text.ts';
import { rolloutName } from './names.ts';
import { problemsOf } from './problems-of.ts';

/** What people send in: typed into the Step Functions console, sent by the `sluice` command, or by a pipeline. */

const rollout = rolloutName.check(z.describe('The name of the rollout, as in its spec'));
const person = z.string().check(z.minLength(1), z.maxLength(256));
const reason = z.string().check(z.minLength(1), z.maxLength(mostOfReason));
const keptPerson = keptText(z.string().check(z.minLength(1)), mostOfName);
const keptReason = keptText(z.string(), mostOfReason);

export const startInput = z
  .strictObject({
    rollout,
    image: z.string().check(
      z.refine((text) => parseImageReference(text) !== undefined, { error: 'a tag, a digest (sha256:…) or a full image reference' }),
      z.describe('The new image: a tag (v2), a digest, or a full reference'),
    ),
    force: z
      .optional(z.strictObject({ by: person, why: reason }))
      .check(z.describe('Lifts the quarantine of an image that failed before (O4); who wants it, and why, is recorded')),
    actor: z.optional(actor).check(z.describe('Who or what starts the rollout, where it is not the person at the console')),
  })
  .check(z.describe('Starts a rollout'));
export type StartInput = z.infer<typeof startInput>;

export type ParsedStartInput =
  | { readonly ok: true; readonly input: StartInput; readonly image: ImageReference }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/** Reads the input of an execution that a person starts. */
export function parseStartInput(value: unknown): ParsedStartInput {
  const parsed = z.safeParse(startInput, value, ownTextsOnly);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, value, { schema: startInput, file: 'start input' }) };
  return { ok: true, input: parsed.data, image: parseImageReference(parsed.data.image) ?? {} };
}

export const operatorRequest = z
  .strictObject({
    rollout,
    action: z.enum(['abort', 'pause', 'resume', 'promote']).check(z.describe('What the rollout is to do')),
    by: z.optional(keptPerson.check(z.describe('Who asks; the door records the IAM identity besides'))),
    why: z.optional(keptReason.check(z.describe('Why, for the record and the notification; what is longer is shortened'))),
  })
  .check(z.describe('Asks something of a rollout that is running'));
export type OperatorRequest = z.infer<typeof operatorRequest>;

export type ParsedOperatorRequest =
  | { readonly ok: true; readonly request: OperatorRequest }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/** Reads what an operator asks of a running rollout. */
export function parseOperatorRequest(value: unknown): ParsedOperatorRequest {
  const parsed = z.safeParse(operatorRequest, value, ownTextsOnly);
  if (parsed.success) return { ok: true, request: parsed.data };
  return { ok: false, problems: problemsOf(parsed.error, value, { schema: operatorRequest, file: 'operator request' }) };
}

export { type ImageReference, parseImageReference } from './image-reference.ts';

import { ownTextsOnly } from './schema-walk.ts';
