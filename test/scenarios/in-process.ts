/** Why a scenario is played in process only: what it would add on a tier that plays it in real time. */

export const judgedAlike = 'what the metrics come to is judged by the same code everywhere, from the same Prometheus';
export const clusterAlike = 'what it is about happens in the cluster, which is the same everywhere';

/** @param others The scenarios that AWS has the same to do in. */
export function likeOthers(...others: readonly string[]): string {
  return `AWS has nothing to do in it that it has not in ${others.join(' and ')}`;
}
