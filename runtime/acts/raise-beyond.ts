import type { Rollouts } from '../../adapters/store/rollouts.ts';
import { WriteConflictError } from '../../core/errors.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';

/**
 * How a rollback that found a newer fence on a route goes beyond it.
 *
 * @returns The new fence.
 * @throws WriteConflictError where another door has raised the fence meanwhile, mostly one that found the same. Whoever is called again goes by
 *   the record as it is then, or finds that the rollout is another's: a FencedError would be taken for that at once, and end an execution.
 */
export function raiseBeyond(
  rollouts: Rollouts,
  { rollout, rolloutId, fence: own }: Pick<RolloutRecord, 'rollout' | 'rolloutId' | 'fence'>,
): (atLeast: number) => Promise<number> {
  return async (atLeast) => {
    const raised = await rollouts.raiseFence(rollout, rolloutId, {}, { atLeast, own });
    if (raised !== undefined) return raised.record.fence;
    throw new WriteConflictError(`The rollback of ${rolloutId} has gone beyond fence ${own} meanwhile.`, {
      remedy: 'It is looked at again.',
    });
  };
}
