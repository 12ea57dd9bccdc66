import * as z from 'zod/mini';
import type { MachineName } from '../../core/ports.ts';
import { presentPayload } from '../../core/rollout/payload.ts';
import type { ExecutionAborted } from '../../runtime/acts/abort-execution.ts';

/** What a JSONPath can find in a field, as far as it matters to a Choice, a Wait or a Fail. */
export type Kind = 'string' | 'number' | 'object' | 'anything';

/** The top-level fields that go from one state to the next; with `outcome` where a Choice tells shapes apart by it. */
export interface Shape {
  readonly outcome?: string;
  readonly fields: Readonly<Record<string, Kind>>;
}

const jsonSchema = z.object({ properties: z.record(z.string(), z.looseObject({ type: z.optional(z.string()) })) });
const kinds: Readonly<Record<string, Kind>> = { string: 'string', integer: 'number', number: 'number', object: 'object' };

/** What most Tasks take and return. More may travel in it; a state machine reads only what always does. */
export const payload: Shape = {
  fields: Object.fromEntries(
    Object.entries(jsonSchema.parse(z.toJSONSchema(presentPayload)).properties).map(([name, { type }]) => [
      name,
      kinds[type ?? ''] ?? 'anything',
    ]),
  ),
};

/** What an execution starts with: a rollout with anything, read by Begin; a rollback with the payload that its door made. */
export const startsWith: Readonly<Record<MachineName, Shape>> = { rollout: { fields: {} }, rollback: payload };

const aborted: { readonly [Field in keyof ExecutionAborted]: ExecutionAborted[Field] extends string ? 'string' : 'anything' } = {
  outcome: 'string',
  error: 'string',
  why: 'string',
};

/** What the Tasks return that do not return the payload. */
const others: Readonly<Record<string, readonly Shape[]>> = {
  Begin: [
    { outcome: 'begun', fields: payload.fields },
    { outcome: 'wait', fields: { input: 'anything', outcome: 'string', reason: 'string', waitSeconds: 'number' } },
    { outcome: 'ignored', fields: { input: 'anything', outcome: 'string', reason: 'string' } },
  ],
  TellRefusal: [{ fields: { input: 'anything', error: 'object' } }],
  Abort: [{ fields: aborted }],
};

export function outputsOf(task: string): readonly Shape[] {
  return others[task] ?? [payload];
}
