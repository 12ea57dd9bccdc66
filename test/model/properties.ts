import { isEnded, type State } from './state.ts';

const shares = ['0', '50', '100'];

/**
 * What must hold at every moment. T3 and parts of O1 are of a write, and are judged where it is made (effects.ts).
 *
 * Pods become ready and stay so, but for those that Sluice replaces or removes: what is found here is Sluice's doing.
 */
export function broken({ broken, route, stable, canary, records }: State): string | undefined {
  if (broken !== undefined) return broken;
  if (route.weight > 0 && canary.ready === 0) return `T1: the canary has weight ${shares[route.weight]} without a ready endpoint`;
  if (canary.ready < route.weight) return `T1: the canary has weight ${shares[route.weight]} without the capacity for it`;
  if (route.weight < 2 && !stable.ready) return `T1: stable has weight ${shares[2 - route.weight]} without a ready endpoint`;
  const running = records.filter((record) => record.phase !== 'none' && !isEnded(record));
  if (running.length > 1) return 'O1: two rollouts of one service at one time';
  return undefined;
}
