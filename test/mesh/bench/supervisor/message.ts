import * as z from 'zod/mini';
import { benchDescription } from '../description.ts';

/** What the supervisor is started with: its one argument, as JSON. */
export const supervisorSettings = z.object({
  benchFolder: z.string(),
  bin: z.string(),
  crds: z.string(),
  debounceMs: z.number(),
});
export type SupervisorSettings = z.infer<typeof supervisorSettings>;

/** What it writes, a line each. */
export const supervisorMessage = z.union([
  z.object({ report: z.string() }),
  z.object({ ready: benchDescription }),
  z.object({ failed: z.object({ message: z.string(), remedy: z.string() }) }),
]);
export type SupervisorMessage = z.infer<typeof supervisorMessage>;
