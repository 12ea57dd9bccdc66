import type { Providers } from '../define-function.ts';
import { variables } from '../environment.ts';
import { createLog } from '../log.ts';

export const provideLog: Providers<'log'> = { log: () => createLog({ deployment: process.env[variables.deployment] }) };
