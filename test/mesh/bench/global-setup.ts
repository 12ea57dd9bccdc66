import type { TestProject } from 'vitest/node';
import { isClusterGiven, lookAtGivenCluster } from './given.ts';
import { startBench } from './start.ts';

/** Builds and starts one bench for all files of a run, unless a cluster is given. */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (isClusterGiven(process.env)) {
    project.provide('meshBench', undefined);
    project.provide('meshServes', await lookAtGivenCluster());
    return undefined;
  }
  const { description, close } = await startBench({ report: (line) => console.error(line) });
  project.provide('meshBench', description);
  project.provide('meshServes', undefined);
  return close;
}
