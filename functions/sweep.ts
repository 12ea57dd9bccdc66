import * as z from 'zod/mini';
import { Rollouts } from '../adapters/store/rollouts.ts';
import { executionStatusChangeEvent } from '../core/spec/events.ts';
import { tellUntold } from '../runtime/acts/announce.ts';
import { sweepAlarms } from '../runtime/acts/sweep/sweep-alarms.ts';
import { sweepDeadExecution } from '../runtime/acts/sweep/sweep-dead-execution.ts';
import { sweepLeftovers } from '../runtime/acts/sweep/sweep-leftovers.ts';
import { sweepMetrics } from '../runtime/acts/sweep/sweep-metrics.ts';
import { sweepPushes } from '../runtime/acts/sweep/sweep-pushes.ts';
import { sweepRollouts } from '../runtime/acts/sweep/sweep-rollouts.ts';
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

/** Told apart by their shape: an execution that died, or else the schedule, whatever it sends. */
const input = z.union([
  z.pipe(
    executionStatusChangeEvent,
    z.transform(({ detail }) => ({ from: 'execution' as const, detail })),
  ),
  z.pipe(
    z.unknown(),
    z.transform(() => ({ from: 'schedule' as const })),
  ),
]);

/**
 * The watchdog, once a minute, outside every execution: rollouts whose execution died or stalled, alarms and pushes whose events were
 * lost, transitions that were not told, canaries that were made too late. Lost pushes are looked for in turns, of as many services as one run can
 * ask for. One rollout that cannot be looked after never keeps it from the others. The event of an execution that died is its short cut to that
 * one rollout.
 */
export const sweep = defineFunction({
  name: 'Sweep',
  input,
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
  run: async (request, deps): Promise<object> => {
    if (request.from === 'execution') return { rollouts: await sweepDeadExecution(deps, request.detail) };
    const attempt = async <T>(what: string, act: () => Promise<T>): Promise<T | 'failed'> => {
      try {
        return await act();
      } catch (error) {
        deps.log.error(`could not ${what}`, error);
        return 'failed';
      }
    };
    const startedAtMs = deps.clock.now();
    const locks = await new Rollouts(deps.store, deps.clock).active();
    const alarms = await attempt('sweep alarms', () => sweepAlarms(deps, locks));
    const rollouts = await sweepRollouts(deps, locks);
    const pushes = await attempt('sweep pushes', () => sweepPushes(deps));
    const { started, postponed } = pushes === 'failed' ? { started: pushes, postponed: 0 } : pushes;
    const outcomes = { locks, rollouts, others: [alarms, pushes], pushesPostponed: postponed };
    deps.log.metrics(sweepMetrics(outcomes, startedAtMs), { atMs: startedAtMs });
    const told = await attempt('tell what is untold', () => tellUntold(deps, { untilMs: deps.clock.now() - tellingSeconds * 1000 }));
    // Last, because nobody waits for it: a cluster that does not answer may keep it until the Lambda ends.
    const leftovers = await attempt('sweep leftovers', () => sweepLeftovers(deps));
    const byId = Object.fromEntries(locks.map(({ rolloutId }, index) => [rolloutId, rollouts[index]]));
    return { rollouts: byId, alarms, pushes: started, leftovers, told };
  },
});

export const handler = sweep.handler;
