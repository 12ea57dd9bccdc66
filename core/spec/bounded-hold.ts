import * as z from 'zod/mini';
import { duration } from './duration.ts';

/** A bounded hold, and what is done when it ends (J1, J2, W1). */
export const boundedHold = z.pipe(
  z.strictObject({
    hold: z.prefault(duration, '5m').check(z.describe('How long the step is held, its weight unchanged')),
    onDeadline: z._default(z.enum(['abort', 'advance', 'pause']), 'abort').check(z.describe('What is done when the hold ends')),
  }),
  z.transform(({ hold, onDeadline }) => ({ holdSeconds: hold, onDeadline })),
);
export type BoundedHold = z.infer<typeof boundedHold>;
