import { retryOnConflict } from '../adapters/store/retry-on-conflict.ts';
import { Rollouts } from '../adapters/store/rollouts.ts';
import { InvalidInputError, NotFoundError } from '../core/errors.ts';
import { operatorRequest } from '../core/spec/inputs.ts';
import { abortForPerson } from '../runtime/acts/abort-for-person.ts';
import { note } from '../runtime/acts/announce.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideExecutions } from '../runtime/providers/executions.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * What people may ask of a rollout that runs: pause, resume, promote, abort. The wish is written to its record, and RunAnalysis
 * sees it at its next look; abort goes through the abort door's own act at once.
 */
export const operate = defineFunction({
  name: 'Operate',
  input: operatorRequest,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideExecutions, ...provideLog },
  run: async ({ rollout, action, by = 'unknown', why = '' }, deps) => {
    if (action === 'abort') return abortForPerson(deps, { rollout, by, why });
    const rollouts = new Rollouts(deps.store, deps.clock);
    // RunAnalysis writes the same record at each interval.
    const { record } = await retryOnConflict(async () => {
      const lock = await rollouts.readLock(rollout);
      if (lock === undefined || lock.rolloutId === '') {
        throw new NotFoundError(`No rollout of ${rollout} is under way.`, { remedy: 'See `sluice status`.' });
      }
      const held = await rollouts.load(rollout, lock.rolloutId);
      const { rolloutId, phase } = held.record;
      if (phase !== 'progressing' && phase !== 'paused') {
        throw new InvalidInputError(`${rolloutId} is ${phase}; it takes no ${action} now.`, { remedy: 'See `sluice status`.' });
      }
      return rollouts.save(held, { request: { action, by, why, atMs: deps.clock.now() } }, 'keep');
    });
    await note(deps, record, action, why === '' ? by : `${by}: ${why}`);
    return { outcome: action, rolloutId: record.rolloutId };
  },
});

export const handler = operate.handler;
