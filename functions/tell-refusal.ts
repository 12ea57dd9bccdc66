import * as z from 'zod/mini';
import { announceRefusal } from '../runtime/acts/announce-refusal.ts';
import { caughtErrorOf } from '../runtime/acts/caught-error.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

const input = z.strictObject({
  executionArn: z.string(),
  /** Begin's own input, with the error that was caught. */
  payload: z.looseObject({}),
});

/**
 * Begin has failed for good: it refused the start, its retries ran out, or its Lambda died. A function of its own, so that people hear of it
 * whatever Begin died of. Its output is its payload, for the abort door behind it.
 */
export const tellRefusal = defineFunction({
  name: 'TellRefusal',
  input,
  uses: { ...provideClock, ...provideStore, ...provideEvents, ...provideLog },
  run: async ({ executionArn, payload }, deps) => {
    const caught = caughtErrorOf(payload) ?? { error: 'Unknown', why: 'The start failed without saying why.' };
    await announceRefusal(deps, { executionArn, input: payload['input'], ...caught });
    return payload;
  },
});

export const handler = tellRefusal.handler;
