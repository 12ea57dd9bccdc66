import * as z from 'zod/mini';

/** A name, and label matchers in braces: what `offset` may stand behind. */
const selectorPattern = /^[A-Za-z_:][\w:]*(\{(?:[^{}"'`]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)*\})?$/;

const counter = z
  .string()
  .check(
    z.regex(selectorPattern, { error: 'a selector of counters without functions: requests_total{app="{{canary}}"}' }),
    z.maxLength(1_000),
  );

/**
 * Which series count the requests to each side, where the mesh's usual ones are not there or count requests that the routes do not steer. A side
 * that is left out is counted by the usual ones.
 */
export const telemetry = z.union(
  [
    z.literal('off'),
    z.strictObject({
      stable: z.optional(
        counter.check(z.describe('Counters of requests to stable. {{stable}}, {{stableWorkload}} and {{namespace}} are filled in')),
      ),
      canary: z.optional(
        counter.check(z.describe('Counters of requests to the canary. {{canary}}, {{canaryWorkload}} and {{namespace}} are filled in')),
      ),
    }),
  ],
  { error: 'off, or selectors of counters for stable and canary' },
);
export type Telemetry = z.infer<typeof telemetry>;
