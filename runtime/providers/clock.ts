import { systemClock } from '../../adapters/clock.ts';
import type { Providers } from '../define-function.ts';

export const provideClock: Providers<'clock'> = { clock: () => systemClock };
