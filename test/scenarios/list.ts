import { errorsAtSecondStep } from './list/errors-at-second-step.ts';
import { healthy } from './list/healthy.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, in the order in which a reader gets to know Sluice. */
export const scenarios: readonly Scenario[] = [healthy, errorsAtSecondStep];
