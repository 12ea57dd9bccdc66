import { inject } from 'vitest';
import { NotFoundError } from '../../../core/errors.ts';
import type { Served } from './api/served.ts';
import { connectBench } from './connect.ts';
import type { BenchDescription } from './description.ts';
import { openGivenCluster } from './given.ts';
import type { Bench, MeshCluster } from './types.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where KUBECONFIG and PROMETHEUS_URL give another cluster. */
    readonly meshBench: BenchDescription | undefined;
    /** Of that cluster; undefined where there is a bench, which serves all. */
    readonly meshServes: Served | undefined;
  }
}

/**
 * The bench that runs for all files of `npm run test:mesh`; to be called in `beforeAll`, with `detach()` in `afterAll`.
 *
 * @throws NotFoundError where a given cluster is used instead: ask `hasBench()` first, in `describe.runIf`.
 */
export async function attachBench(): Promise<Bench> {
  const description = inject('meshBench');
  if (description === undefined) {
    throw new NotFoundError('This test needs the bench itself, and a given cluster is used instead of it.', {
      remedy: 'Run without KUBECONFIG and PROMETHEUS_URL.',
    });
  }
  return connectBench(description);
}

/** Whether there is a bench, whose parts can be hurt and whose pods can be told how to behave. */
export function hasBench(): boolean {
  return inject('meshBench') !== undefined;
}

/**
 * `hasBench()` for a file, or a part of one, that needs more than any cluster has; where there is none, it is said why that is skipped.
 *
 * @param because A sentence: what of the bench it needs.
 */
export function hasBenchOrSays(because: string): boolean {
  if (!hasBench()) say(because);
  return hasBench();
}

/**
 * Whether the bench, or the given cluster, serves these kinds, for `describe.runIf`; where not, it is said why the tests are skipped.
 *
 * @param what The subject of that sentence, in the singular.
 * @param kinds `<apiVersion>/<kind>` each.
 */
export function servesOrSays(what: string, kinds: readonly string[]): boolean {
  const served = inject('meshServes');
  const missing = served === undefined ? [] : kinds.filter((kind) => !served.kinds.includes(kind));
  if (missing.length > 0) say(`${what} is not played, since the given cluster serves no ${missing.join(', ')}: install the CRDs.`);
  return missing.length === 0;
}

/**
 * Whether nobody judges what is written of an API group, for tests that play the part of its controller; where an admission webhook does, it
 * is said why they are skipped.
 */
export function isUnjudgedOrSays(what: string, apiGroup: string): boolean {
  const isJudged = inject('meshServes')?.judgedGroups.includes(apiGroup) ?? false;
  if (isJudged) say(`${what} is not played, since it plays the part of the controller of ${apiGroup}, and the given cluster has that.`);
  return !isJudged;
}

/** The bench, or the given cluster: for tests that need no more than any cluster has. */
export async function attachCluster(): Promise<MeshCluster> {
  return hasBench() ? await attachBench() : await openGivenCluster();
}

export function isBench(cluster: MeshCluster): cluster is Bench {
  return 'istiodUrl' in cluster;
}

function say(why: string): void {
  console.log(`Skipped: ${why}`);
}
