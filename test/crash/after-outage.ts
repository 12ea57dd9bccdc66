import { type Told, toldBy } from '../scenarios/told.ts';
import { clusterAwayMs } from './faults.ts';
import { callAgain } from './moments.ts';
import type { Played } from './play.ts';

/** When the cluster answers again, a person sees to each rollback that was given up meanwhile, as they were told to. */
export async function seeToFailed({ stage, services }: Pick<Played, 'stage' | 'services'>): Promise<void> {
  for (const { name } of services) {
    const [record] = (await stage.records(name)).slice(-1);
    const abort = { rollout: name, by: 'ada', why: 'The cluster is back.' };
    if (record?.phase === 'failed') await callAgain(stage, 'Abort', () => abort);
  }
}

/**
 * What is wrong with how an outage of the cluster was told (O5): as the end of a rollout while nobody could see where its traffic was, or as a
 * failure without the line that mends it by hand.
 */
export function outageWronglyTold({ sandbox, interposer }: Pick<Played, 'sandbox' | 'interposer'>): string[] {
  const { clusterAwayUntilMs } = interposer;
  const isDuring = ({ atMs }: Told) => atMs < clusterAwayUntilMs && atMs > clusterAwayUntilMs - clusterAwayMs;
  return toldBy(sandbox)
    .filter(isDuring)
    .flatMap(({ detail: { rolloutId, transition, reason } }) => {
      if (transition === 'rolledBack' || transition === 'succeeded')
        return [`O5: ${rolloutId} was told as ${transition} without a cluster`];
      const isBare = transition === 'failed' && !String(reason).includes('kubectl -n');
      return isBare ? [`O5: that ${rolloutId} failed was told without what to do by hand: ${reason}`] : [];
    });
}
