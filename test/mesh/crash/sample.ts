import { bases } from '../../crash/bases.ts';
import { type Case, casesOf, playUndisturbed } from '../../crash/cases.ts';
import type { FaultKind } from '../../crash/faults.ts';

/** What is played, where it takes no longer than a minute by itself; and in how many runs at most, so that each has its share. */
const basesAndRuns: Readonly<Record<string, number>> = {
  promoted: 15,
  'promoted-by-an-http-route': 8,
  'promoted-by-subsets': 5,
  alarm: 12,
  'alarm-on-an-http-route': 7,
  'alarm-on-subsets': 4,
  'aborted-in-promotion': 6,
  'promoted-by-hand': 3,
  'second-image-supersede': 4,
  stopped: 2,
  'stopped-in-promotion': 1,
};

/**
 * In how many runs each fault is played, those first that fit the fewest edges. Most are of those that are over in seconds: what a Task, the
 * lease or the sweep has to end takes minutes of real time.
 */
const faultsAndRuns: readonly (readonly [FaultKind, number])[] = [
  ['lateGoesOn', 3],
  ['lateAndDies', 2],
  ['lateBehindRetry', 2],
  ['lateInRollback', 1],
  ['hangsBefore', 3],
  ['hangsAfter', 3],
  ['answerLost', 7],
  ['crashes', 9],
  ['throttled', 7],
  ['errorAfter', 8],
  ['errorBefore', 9],
];

/** What users meet, if it comes at the wrong moment. */
const matters = /^kubernetes (patch (virtualservices|httproutes|deployments)|(create|delete) deployments)/;

/** Nobody waits for the answer of a door; and what Begin writes gives the canary nothing. */
const isDoorOrBegin = /^(Abort|Begin)$/;

/** A sweep that has to end what the story itself leaves is a minute more. */
const isSwept = /^stopped/;

export function takesMinutes(fault: FaultKind): boolean {
  return fault.startsWith('late') || fault.startsWith('hangs');
}

/** Every case that the mesh can play as well, of the base runs that it plays. */
export async function casesForMesh(): Promise<Case[]> {
  const played = bases.filter(({ name }) => name in basesAndRuns);
  const runs = [];
  for (const base of played) runs.push(await playUndisturbed(base));
  return casesOf(runs);
}

/**
 * One case for each of so many effects, the same in each run: each fault goes where the function, the kind of effect and the base run have had
 * the fewest so far. Those that take minutes befall writes of the cluster and starts, where most is at stake, and come first, so that the others
 * are played beside them.
 */
export function sampleOf(cases: readonly Case[]): Case[] {
  const chosen: Case[] = [];
  const count = (alike: (one: Case) => boolean) => chosen.filter(alike).length;
  for (const [fault, runs] of faultsAndRuns) {
    const candidates = cases.filter((one) => one.fault === fault && isPlayable(one));
    for (let run = 0; run < runs; run += 1) {
      const costOf = ({ base, edge }: Case) =>
        3 * count((one) => one.edge.act === edge.act) +
        count((one) => one.edge.port === edge.port && one.edge.operation === edge.operation) +
        count((one) => one.base === base);
      const fresh = candidates
        .filter(({ edge }) => count((one) => one.edge.name === edge.name) === 0)
        .filter(({ base }) => count((one) => one.base === base) < (basesAndRuns[base.name] ?? 0));
      const [first, ...others] = fresh;
      if (first !== undefined) chosen.push(others.reduce((best, one) => (costOf(one) < costOf(best) ? one : best), first));
    }
  }
  return chosen;
}

/** How often a function looks, and whether two that race both write, depends on the moment: only the first time is sure to come. */
function isPlayable({ base, edge, fault }: Case): boolean {
  if (edge.ordinal > 1) return false;
  const effect = `${edge.port} ${edge.operation} ${edge.object}`;
  return !takesMinutes(fault) || (matters.test(effect) && !isDoorOrBegin.test(edge.act) && !isSwept.test(base.name));
}
