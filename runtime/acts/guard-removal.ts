import { Rollouts } from '../../adapters/store/rollouts.ts';
import { RolloutRefusedError } from '../../core/errors.ts';
import type { Deps } from '../deps.ts';

/**
 * Refuses the removal of the controller while anything is under way (O6): without it nobody would return the traffic. A rollout that failed
 * to roll back counts too: where its traffic is is not known, and a person has to look first.
 *
 * @throws RolloutRefusedError with the name of each, and what to do about it.
 */
export async function refuseWhileRolloutsRun(deps: Pick<Deps, 'store' | 'clock'>): Promise<void> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const held = await Promise.all((await rollouts.active()).map((lock) => rollouts.load(lock.rollout, lock.rolloutId)));
  // Read a moment after the lock: one that has ended meanwhile has given its service free.
  const open = held.map(({ record }) => record).filter(({ phase }) => phase !== 'succeeded' && phase !== 'rolledBack');
  if (open.length === 0) return;
  const failed = open.filter(({ phase }) => phase === 'failed').map(({ rollout, rolloutId }) => ({ rollout, rolloutId }));
  const running = open.filter(({ phase }) => phase !== 'failed');
  const remedies = [
    ...(running.length === 0
      ? []
      : [`Wait until they have ended, or abort them with \`sluice abort ${running[0]?.rollout ?? ''}\`, and remove the stack then.`]),
    ...(failed.length === 0
      ? []
      : [
          `See where the traffic of ${failed.map(({ rollout }) => rollout).join(', ')} is, and run the rollback again with \`sluice abort\`.`,
        ]),
  ];
  const names = open.map(({ rolloutId, phase }) => `${rolloutId} (${phase})`).join(', ');
  throw new RolloutRefusedError(`Sluice is not removed: ${names} ${open.length === 1 ? 'is' : 'are'} under way.`, {
    remedy: remedies.join(' '),
  });
}
