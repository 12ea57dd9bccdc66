import { describe, expect, it } from 'vitest';
import { pinAutoscaler } from '../../adapters/eks/workload/autoscaler.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { History } from '../../adapters/store/history.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { WriteConflictError } from '../../core/errors.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import { payloadVersion, type RolloutPayload } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { returnSeconds } from '../../core/rollout/return-split.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { returnTraffic } from '../../functions/return-traffic.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { at, autoscaler, field, names, stableDeployment } from '../adapters/eks/workload/manifests.ts';
import { put, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';

function endpoints(service: string, count: number): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, namespace: 'shop', labels: { 'kubernetes.io/service-name': service } },
    endpoints: Array.from({ length: count }, (_, index) => ({
      addresses: [`10.0.0.${index}`],
      targetRef: { name: `${service}-${index}` },
    })),
  };
}

interface Situation {
  readonly stablePods: number;
  readonly canaryPods?: number;
  readonly pinned?: boolean;
  readonly desired?: number;
  readonly record?: Partial<RolloutRecord>;
}

/** A rollback whose canary had all traffic, of a stable that began with 4 pods and has these now. */
async function rollback({ stablePods, canaryPods = 4, pinned = true, desired = stablePods, record: change = {} }: Situation) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const log = createMemoryLog();
  const cluster = new FakeKubernetes(stableDeployment(), autoscaler());
  const setPods = (service: 'checkout' | 'checkout-canary', count: number) => cluster.put(endpoints(service, count));
  setPods('checkout', stablePods);
  setPods('checkout-canary', canaryPods);
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  const pins = pinned ? await pinAutoscaler(cluster, { ...names, rollout: 'checkout', fence: 1, replicas: 4 }) : [];
  cluster.put(autoscaler({ minReplicas: 1 }, { annotations: cluster.peek(at.autoscaler)?.metadata.annotations ?? {} }));
  cluster.put(stableDeployment({ spec: { replicas: desired } }));
  const begun = await begin(rollouts, 'first', {
    ...{ phase: 'rollingBack', split: splitAt(100, 100), stableReplicas: 4, stableReady: 4, pins, reason: 'It fired.', rollbackFence: 1 },
    ...change,
  });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint } = begun.record;
  const router = createRouter('istio', cluster);
  await router.write(target, { split: begun.record.split, fence, role: 'door' });
  const deps = { clock, store, log, clusters: { open: () => cluster } } as unknown as Deps;
  const call = async () =>
    (await returnTraffic.wiredWith(deps)({
      ...{ payloadVersion, rollout, rolloutId, fence, stepIndex: 2, outcome: 'returning', waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: endpoint, routerKind: 'istio', target },
    })) as RolloutPayload;
  const weight = async () => (await router.read(target))[0]?.split.canary;
  const record = async () => (await rollouts.load(rollout, rolloutId)).record;
  const reasons = async () => (await new History(store).list(rolloutId)).map(({ what, reason }) => `${what}: ${reason}`);
  /** A door without the store leaves the split as it is. */
  const tombstone = (beyond: number) => router.write(target, { split: splitAt(75, 100), fence: beyond, role: 'door' });
  const goneBeyond = (atLeast: number) => rollouts.raiseFence(rollout, rolloutId, {}, { atLeast });
  return { call, clock, cluster, log, setPods, weight, record, reasons, tombstone, goneBeyond };
}

describe('T7: a rollback to a stable that has lost its capacity', () => {
  it('gives it what its pods carry, and asks to be called again', async () => {
    const { call, weight, record, reasons } = await rollback({ stablePods: 1 });
    expect(await call()).toMatchObject({ outcome: 'returning', weight: 75, waitSeconds: 1, door: { safeSide: 'stable' } });
    expect([await weight(), (await record()).split]).toEqual([75, { stable: 25, canary: 75 }]);
    expect(await reasons()).toEqual(['trafficReturning: Stable has 1 of the 4 ready pods that it began with, and 25 of 100.']);
  });

  it('gives it the next part within a second of a pod that has become ready, and everything with one pod missing', async () => {
    const { call, clock, setPods, weight } = await rollback({ stablePods: 1 });
    const beganAtMs = clock.now();
    const seen: unknown[] = [];
    clock.timer(3000, () => setPods('checkout', 2));
    clock.timer(4000, async () => seen.push(await weight()));
    clock.timer(6000, () => setPods('checkout', 3));
    expect(await call()).toMatchObject({ outcome: 'returned', weight: 0 });
    expect([seen, await weight(), (clock.now() - beganAtMs) / 1000]).toEqual([[50], 0, 6]);
  });

  it('looks again where a door goes beyond a fence on the route at the same moment', async () => {
    const { call, clock, setPods, weight, tombstone, goneBeyond } = await rollback({ stablePods: 1, record: { safeSide: 'stable' } });
    clock.timer(3000, async () => {
      await tombstone(5);
      await goneBeyond(6);
      setPods('checkout', 2);
    });
    await expect(call()).rejects.toThrow(WriteConflictError);
    expect(await call()).toMatchObject({ outcome: 'returning', fence: 6, weight: 50 });
    expect(await weight()).toBe(50);
  });

  it('pins the autoscaler anew', async () => {
    const { call, cluster } = await rollback({ stablePods: 1 });
    await call();
    expect(field(cluster.peek(at.autoscaler), 'spec', 'minReplicas')).toBe(4);
  });

  it('goes on where its capacity cannot be brought back, and says why in the log', async () => {
    const { call, cluster, log } = await rollback({ stablePods: 1 });
    cluster.forbid('horizontalpodautoscalers');
    expect(await call()).toMatchObject({ outcome: 'returning', weight: 75 });
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      "could not bring stable's capacity back",
    ]);
  });

  it('W1: gives it everything when the time is over, once in the words that people are told', async () => {
    const { call, clock, weight, record } = await rollback({ stablePods: 1 });
    const beganAtMs = clock.now();
    let calls = 0;
    for (let answer = await call(); answer.outcome === 'returning'; answer = await call()) calls += 1;
    expect([await weight(), clock.now() - beganAtMs, calls > 1]).toEqual([0, returnSeconds * 1000, true]);
    const told = 'It fired. After 2m, stable has 1 of the 4 ready pods that it began with; all traffic is on it all the same.';
    expect((await record()).reason).toBe(told);
    await call();
    expect((await record()).reason).toBe(told);
  });

  it('T1: has it brought in order first when the time is over and it has no ready pod, without more for the canary', async () => {
    const { call, weight } = await rollback({ stablePods: 0, record: { split: splitAt(60, 100), returnUntilMs: 0 } });
    expect(await call()).toMatchObject({ outcome: 'held', weight: 60 });
    expect(await weight()).toBe(60);
  });

  it('gives it everything where the canary has lost its pods meanwhile', async () => {
    const { call, weight } = await rollback({ stablePods: 1, canaryPods: 0 });
    expect(await call()).toMatchObject({ outcome: 'returned' });
    expect(await weight()).toBe(0);
  });

  it('waits for nothing where it was never pinned and has every pod that it was told to have', async () => {
    const { call, weight, record } = await rollback({ stablePods: 2, pinned: false });
    expect(await call()).toMatchObject({ outcome: 'returned' });
    expect(await weight()).toBe(0);
    expect((await record()).reason).toContain('nobody is to bring more');
  });

  it('waits for pods that its Deployment is still to bring, pinned or not', async () => {
    const { call } = await rollback({ stablePods: 2, pinned: false, desired: 4 });
    expect(await call()).toMatchObject({ outcome: 'returning', weight: 50 });
  });

  it('is not ended by a cluster that does not say how many pods there are', async () => {
    const { call, cluster, weight } = await rollback({
      stablePods: 1,
      record: { split: splitAt(75, 100), returnUntilMs: Number.MAX_SAFE_INTEGER },
    });
    cluster.forbid('endpointslices');
    expect(await call()).toMatchObject({ outcome: 'returning' });
    expect(await weight()).toBe(75);
  });

  it('T3: takes what the route says for the most that the canary may have, whatever the record says', async () => {
    const { call, cluster, weight } = await rollback({ stablePods: 1 });
    await createRouter('istio', cluster).write(target, { split: splitAt(40, 100), fence: 1, role: 'door' });
    expect(await call()).toMatchObject({ outcome: 'returning', weight: 40 });
    expect(await weight()).toBe(40);
  });

  it.each([
    ['while more pods are to come', 0],
    ['when the time is over', returnSeconds * 1000],
  ])('T3: goes beyond the fence of a door that has returned everything without the store, %s', async (_, afterMs) => {
    const { call, clock, cluster, setPods, weight, record } = await rollback({ stablePods: 1 });
    expect(await call()).toMatchObject({ outcome: 'returning', weight: 75, fence: 1 });
    await createRouter('istio', cluster).write(target, { split: splitAt(0, 100), fence: 5, role: 'door' });
    await clock.sleep(afterMs);
    if (afterMs === 0) setPods('checkout', 2);
    expect(await call()).toMatchObject({ outcome: 'returned', weight: 0, fence: 6 });
    expect([await weight(), (await record()).fence]).toEqual([0, 6]);
    // Its answer got lost: it is called again with the fence that it began with.
    expect(await call()).toMatchObject({ outcome: 'returned', fence: 6 });
  });

  it('is for rollbacks: a promotion returns to pods that were found ready', async () => {
    const { call, weight } = await rollback({ stablePods: 1, record: { phase: 'promoting' } });
    expect(await call()).toMatchObject({ outcome: 'returned' });
    expect(await weight()).toBe(0);
  });

  it('gives everything back at once where the record does not say what stable began with', async () => {
    const { call } = await rollback({ stablePods: 1, record: { stableReady: 0 } });
    expect(await call()).toMatchObject({ outcome: 'returned' });
  });
});
