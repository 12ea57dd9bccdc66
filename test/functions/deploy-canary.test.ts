import { describe, expect, it } from 'vitest';
import { pinAnnotation } from '../../adapters/eks/workload/autoscaler.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { FencedError } from '../../core/errors.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { at, autoscaler, field } from '../adapters/eks/workload/manifests.ts';
import { put, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

/** A rollout of checkout that has begun, whose stable runs 4 pods, sized by an autoscaler that may go down to 2. */
async function begun() {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const begun = await begin(rollouts, 'first', { stableReplicas: 4 });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint } = begun.record;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  cluster.put(autoscaler({ minReplicas: 2, maxReplicas: 10 }));
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  const deps = { clock, store, log: createMemoryLog(), clusters: { open: () => cluster } } as unknown as Deps;
  const call = () =>
    deployCanary.wiredWith(deps)({
      ...{ payloadVersion, rollout, rolloutId, fence, stepIndex: 0, outcome: '', waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: endpoint, routerKind: 'istio', target },
    });
  const minimum = () => field(cluster.peek(at.autoscaler), 'spec', 'minReplicas');
  return { call, cluster, rollouts, rollout, rolloutId, minimum, record: async () => (await rollouts.load(rollout, rolloutId)).record };
}

describe('DeployCanary', () => {
  it('T7: pins the autoscaler of stable to the replicas that it began with, and records it', async () => {
    const { call, cluster, minimum, record } = await begun();
    await call();
    expect(minimum()).toBe(4);
    expect(cluster.peek(at.autoscaler)?.metadata.annotations).toMatchObject({
      [pinAnnotation('checkout')]: '{"minReplicas":2,"pinnedTo":4}',
    });
    expect(await record()).toMatchObject({ pins: [{ name: 'checkout', minReplicas: 2, pinnedTo: 4 }], stableReady: 4 });
  });

  it('T7: has stable pinned before the canary is made', async () => {
    const { call, cluster } = await begun();
    cluster.forbid('horizontalpodautoscalers');
    await expect(call()).rejects.toThrow();
    expect(cluster.peek(at.canary)).toBeUndefined();
  });

  it('T7: remembers what stable began with, whatever it has when it is called again', async () => {
    const { call, cluster, minimum, record } = await begun();
    await call();
    cluster.put(autoscaler({ minReplicas: 1, maxReplicas: 10 }, { annotations: cluster.peek(at.autoscaler)?.metadata.annotations ?? {} }));
    await call();
    expect(minimum()).toBe(4);
    expect(await record()).toMatchObject({ pins: [{ minReplicas: 2, pinnedTo: 4 }], stableReady: 4 });
  });

  it('T3: makes and pins nothing for a rollout that a door has taken', async () => {
    const { call, cluster, rollouts, rollout, rolloutId, minimum } = await begun();
    await rollouts.raiseFence(rollout, rolloutId, {});
    await expect(call()).rejects.toThrow(FencedError);
    expect(minimum()).toBe(2);
    expect(cluster.peek(at.canary)).toBeUndefined();
  });
});
