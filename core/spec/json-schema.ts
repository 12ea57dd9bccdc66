import * as z from 'zod/mini';
import { rolloutSpec } from './rollout-spec.ts';

export const rolloutSchemaId = 'https://sluice.dev/schemas/rollout.json';

/**
 * The spec's shape as JSON Schema (draft 2020-12), as it stands in the file: what editors use to complete and to underline. It
 * describes the input side, so durations are text and defaults are what somebody would write. Rules across several fields are
 * not in it; `parseSpec` checks them.
 */
export function rolloutJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(rolloutSpec, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod bounds every integer by what JavaScript can count to, which tells an author nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return { $schema, $id: rolloutSchemaId, title: 'Sluice rollout', ...schema };
}
