import type { Providers } from '../define-function.ts';
import { createLog } from '../log.ts';

export const provideLog: Providers<'log'> = { log: () => createLog() };
