import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { abortRollout } from '../../../runtime/acts/abort-rollout.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { clusterWith, mainRule, routeOf, target, virtualService } from '../../adapters/mesh/istio/virtual-services.ts';
import { underWay } from '../../adapters/store/rollouts-for-tests.ts';

const ready: KubernetesObject = {
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'slice' } },
  endpoints: [{ addresses: ['10.0.0.1'] }],
};

/** A rollout at weight 50 under fence 1, whose route carries the tombstone of a door that could not reach the store. */
async function afterTombstone() {
  const { store, clock, rollouts, record } = await underWay();
  const cluster = await clusterWith(virtualService('checkout', [mainRule]));
  const router = createRouter('istio', cluster);
  await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  await router.write(target, { split: splitAt(50, 100), fence: 5, role: 'door' });
  const api = {
    list: async () => [ready],
    read: cluster.read.bind(cluster),
    write: cluster.write.bind(cluster),
    remove: cluster.remove.bind(cluster),
  };
  const executions = {
    start: async () => 'started' as const,
    describe: async () => ({ status: 'running' as const }),
    stop: async () => undefined,
  };
  const { rollout, rolloutId } = record;
  const deps = { store, clock, clusters: { open: () => api }, executions, log: createMemoryLog() };
  const abort = () =>
    abortRollout(deps, { rollout, rolloutId, reason: 'alarm', why: 'It fired.', actor: { kind: 'alarm', id: 'checkout-errors' } });
  return { abort, cluster, record: async () => (await rollouts.load(rollout, rolloutId)).record };
}

describe('O2: two doors at once that find a newer fence on the route', () => {
  it('go beyond it once, and the one that gives way goes by what the other raised', async () => {
    const { abort, cluster, record } = await afterTombstone();
    const outcomes = await Promise.all([abort(), abort()]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['rollbackStarted', 'rollbackStarted']);
    expect(await routeOf(cluster)).toMatchObject([{ weight: 100 }, { weight: 0 }]);
    expect(await abort()).toMatchObject({ outcome: 'rollbackStarted', record: { fence: 6 } });
    expect(await record()).toMatchObject({ fence: 6, rollbackFence: 2 });
  });
});
