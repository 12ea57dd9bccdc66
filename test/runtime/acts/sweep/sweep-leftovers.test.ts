import { describe, expect, it } from 'vitest';
import { deployCanary } from '../../../../adapters/eks/workload/deploy-canary.ts';
import { createMemoryStore } from '../../../../adapters/store/memory.ts';
import { Turns } from '../../../../adapters/store/turns.ts';
import type { ResourceRef } from '../../../../core/ports.ts';
import { sweepLeftovers } from '../../../../runtime/acts/sweep/sweep-leftovers.ts';
import { VirtualClock } from '../../../../sandbox/clock.ts';
import { createMemoryLog } from '../../../../sandbox/log.ts';
import { names } from '../../../adapters/eks/workload/manifests.ts';
import { begin } from '../../../adapters/store/rollouts-for-tests.ts';
import { specSource } from '../../../core/rollout/rollout-for-tests.ts';
import { SettledCluster } from '../../../fakes/settled-cluster.ts';

const image = 'registry.example.com/shop/checkout@sha256:new';
const made: readonly ResourceRef[] = [
  { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout-canary' },
  { apiVersion: 'v1', resource: 'services', namespace: 'shop', name: 'checkout-canary' },
];

/** A rollout that was rolled back, and a Lambda of it that makes the canary when it is asked to, however late. */
async function rolledBack() {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const begun = await begin(rollouts, 'first', { spec: { ...specSource() } });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence } = begun.record;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  const raised = await rollouts.raiseFence(rollout, rolloutId, { rollbackReason: 'timeout' });
  if (raised === undefined) throw new Error('the fence was not raised');
  await rollouts.end(raised, { phase: 'rolledBack' });
  const deps = { clock, store, clusters: { open: () => cluster }, log: createMemoryLog() };
  const makeCanary = (owner = { rollout, rolloutId, fence }) => deployCanary(cluster, { ...names, ...owner, image, replicas: 1 });
  const left = () => made.filter((ref) => cluster.peek(ref) !== undefined).map(({ resource }) => resource);
  return { clock, rollouts, deps, makeCanary, left, sweep: () => sweepLeftovers(deps), cluster };
}

describe('a sweep for canaries that were made after their rollout had ended', () => {
  it('removes them, once', async () => {
    const { makeCanary, left, sweep } = await rolledBack();
    expect(await sweep()).toEqual([]);
    await makeCanary();
    expect(left()).toEqual(['deployments', 'services']);
    expect(await sweep()).toEqual(['checkout-000001']);
    expect(left()).toEqual([]);
    expect(await sweep()).toEqual([]);
  });

  it("leaves a later rollout's, and what nobody knows, alone", async () => {
    const { makeCanary, left, sweep, rollouts } = await rolledBack();
    await makeCanary({ rollout: 'other', rolloutId: 'other-000001', fence: 1 });
    expect(await sweep()).toEqual([]);
    expect(left()).toEqual(['deployments', 'services']);
    await begin(rollouts, 'second');
    expect(await sweep()).toEqual([]);
  });

  it('does not look any more when no Lambda of it can live', async () => {
    const { clock, makeCanary, left, sweep } = await rolledBack();
    await makeCanary();
    await clock.sleep(901_000);
    expect(await sweep()).toEqual([]);
    expect(left()).toEqual(['deployments', 'services']);
  });

  it('does not fail where a cluster does not answer', async () => {
    const { sweep, cluster, deps } = await rolledBack();
    cluster.forbid('deployments');
    expect(await sweep()).toEqual([]);
    expect(deps.log.lines.map(({ message }) => message)).toEqual(['could not look for what is left of checkout-000001']);
  });
});
