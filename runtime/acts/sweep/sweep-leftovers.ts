import { removeCanary } from '../../../adapters/eks/workload/remove-canary.ts';
import { removeCanaryPolicies } from '../../../adapters/mesh/canary-policies.ts';
import { rolloutsEndedSince } from '../../../adapters/store/ended-rollouts.ts';
import { type HeldRollout, Rollouts } from '../../../adapters/store/rollouts.ts';
import type { Deps } from '../../deps.ts';
import { openHeld } from '../open-rollout.ts';
import { atMost } from './at-most.ts';

/** The longest that a Lambda lives. What it makes after its rollout has ended, it makes within this time. */
const longestLateSeconds = 900;

/** At a time. */
const clusterRequests = 10;

/**
 * Removes what a Lambda has made of a canary after its rollout had ended: one that was paused before it created it, while the rollback that its
 * silence led to found nothing to remove. An object that does not exist can carry no fence, so the API server cannot refuse it. Only what
 * the ended rollout has made itself, and only while nobody holds the service: the next rollout takes over what it finds.
 *
 * @returns The rollouts of which something was left.
 */
export async function sweepLeftovers(deps: Pick<Deps, 'store' | 'clock' | 'clusters' | 'log'>): Promise<string[]> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const ended = await rolloutsEndedSince(deps.store, rollouts, deps.clock.now() - longestLateSeconds * 1000);
  const found: string[] = [];
  await atMost(clusterRequests, ended, async (held) => {
    const { rolloutId } = held.record;
    try {
      if (await removeLeftovers(deps, rollouts, held)) found.push(rolloutId);
    } catch (error) {
      deps.log.error(`could not look for what is left of ${rolloutId}`, error, { rolloutId });
    }
  });
  return found;
}

async function removeLeftovers(deps: Pick<Deps, 'clusters'>, rollouts: Rollouts, held: HeldRollout): Promise<boolean> {
  const { api, names, owner, spec, target } = openHeld(deps, rollouts, held);
  const { deployment, service } = await removeCanary(api, { ...names, ...owner });
  const policies = await removeCanaryPolicies(spec.router.kind, api, { hosts: target, owner });
  return [deployment, service, policies].includes('removed');
}
