import type { BaseRun } from './base-run.ts';
import { others } from './bases/others.ts';
import { rare } from './bases/rare.ts';
import { rolledBack } from './bases/rolled-back.ts';
import { toTheEnd } from './bases/to-the-end.ts';

/** Every base run; the first are the plainest, and what one has shown is not shown again by those behind it. */
export const bases: readonly BaseRun[] = [...toTheEnd, ...rolledBack, ...others, ...rare];
