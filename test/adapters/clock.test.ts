import { systemClock } from '../../adapters/clock.ts';
import { ScaledClock, VirtualClock } from '../../sandbox/clock.ts';
import { clockContract } from '../contract/clock.ts';

clockContract('the system clock', () => systemClock, { shortMs: 3, toleranceMs: 1 });
clockContract('the virtual clock', () => new VirtualClock(), { shortMs: 60_000, toleranceMs: 0 });
clockContract('the scaled clock', () => new ScaledClock({ speed: 1000 }), { shortMs: 3_000, toleranceMs: 1_000 });
