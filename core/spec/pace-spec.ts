import * as z from 'zod/mini';
import { duration } from './duration.ts';

const evidence = z.strictObject({
  minimumBake: z
    .prefault(duration, '30s')
    .check(z.describe('No step but one whose bake is shorter is left sooner, however much traffic there is')),
});

/** How long a step is baked: as long as it says, or only until what the next one may cost is known to fit the budget. */
export type StepPace = { readonly kind: 'fixed' } | { readonly kind: 'evidence'; readonly minimumBakeSeconds: number };

export const pace = z.pipe(
  z.union([z.enum(['fixed', 'evidence']), z.strictObject({ evidence })], { error: 'fixed, evidence, or evidence with minimumBake' }),
  z.transform((of): StepPace => {
    if (of === 'fixed') return { kind: 'fixed' };
    return { kind: 'evidence', minimumBakeSeconds: (of === 'evidence' ? z.parse(evidence, {}) : of.evidence).minimumBake };
  }),
);
