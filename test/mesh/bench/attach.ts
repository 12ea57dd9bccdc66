import { inject } from 'vitest';
import { NotFoundError } from '../../../core/errors.ts';
import { connectBench } from './connect.ts';
import type { BenchDescription } from './description.ts';
import { openGivenCluster } from './given.ts';
import type { Bench, MeshCluster } from './types.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where KUBECONFIG and PROMETHEUS_URL give another cluster. */
    readonly meshBench: BenchDescription | undefined;
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

/** The bench, or the given cluster: for tests that need no more than any cluster has. */
export async function attachCluster(): Promise<MeshCluster> {
  return hasBench() ? await attachBench() : await openGivenCluster();
}
