import * as z from 'zod/mini';
import { Rollouts } from '../adapters/store/rollouts.ts';
import { tellUntold } from '../runtime/acts/announce.ts';
import { sweepAlarms } from '../runtime/acts/sweep/sweep-alarms.ts';
import { sweepPushes } from '../runtime/acts/sweep/sweep-pushes.ts';
import { sweepRollout } from '../runtime/acts/sweep/sweep-rollout.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideAlarms } from '../runtime/providers/alarms.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideExecutions } from '../runtime/providers/executions.ts';
import { provideImages } from '../runtime/providers/images.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** A Lambda that is this young with its transition is about to tell it. */
const tellingSeconds = 10;

/**
 * The watchdog, once a minute, outside every execution: rollouts whose execution died or stalled, alarms and pushes whose events were
 * lost, transitions that were not told. One rollout that cannot be looked after never keeps it from the others.
 */
export const sweep = defineFunction({
  name: 'Sweep',
  input: z.unknown(),
  uses: {
    ...provideClock,
    ...provideStore,
    ...provideClusters,
    ...provideExecutions,
    ...provideImages,
    ...provideEvents,
    ...provideAlarms,
    ...provideLog,
  },
  run: async (_schedule, deps) => {
    const attempt = async <T>(what: string, act: () => Promise<T>): Promise<T | 'failed'> => {
      try {
        return await act();
      } catch (error) {
        deps.log.error(`could not ${what}`, error);
        return 'failed';
      }
    };
    const locks = await new Rollouts(deps.store, deps.clock).active();
    const alarms = await attempt('sweep alarms', () => sweepAlarms(deps, locks));
    const rollouts = await Promise.all(
      locks.map(async (lock) => [lock.rolloutId, await attempt(`sweep ${lock.rolloutId}`, () => sweepRollout(deps, lock))] as const),
    );
    const pushes = await attempt('sweep pushes', () => sweepPushes(deps));
    const told = await tellUntold(deps, { untilMs: deps.clock.now() - tellingSeconds * 1000 });
    return { rollouts: Object.fromEntries(rollouts), alarms, pushes, told };
  },
});

export const handler = sweep.handler;
