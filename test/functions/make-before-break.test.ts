import { describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { ClusterUnavailableError, DeadlineExceededError, FencedError } from '../../core/errors.ts';
import type { KubernetesApi, KubernetesWrite, ResourceRef } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitReady } from '../../functions/await-ready.ts';
import { awaitStable } from '../../functions/await-stable.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import { removeCanary } from '../../functions/remove-canary.ts';
import { returnTraffic } from '../../functions/return-traffic.ts';
import { runAnalysis } from '../../functions/run-analysis.ts';
import { setWeight } from '../../functions/set-weight.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { putRule, ruleRef, stableRule } from '../adapters/mesh/istio/destination-rules.ts';
import { put, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

const refOf = (write: KubernetesWrite): ResourceRef =>
  'create' in write ? write.create : 'jsonPatch' in write ? write.jsonPatch : write.mergePatch;

/** Passes everything on, unless it is away, and writes down what changed in the cluster, in order. */
function recording(api: KubernetesApi) {
  const changes: string[] = [];
  const cluster = { isAway: false, isUnanswered: true };
  const recorded: KubernetesApi = {
    read: async (ref) => {
      if (cluster.isAway)
        throw new ClusterUnavailableError('The cluster is away.', { remedy: 'Wait.', isUnanswered: cluster.isUnanswered });
      return api.read(ref);
    },
    list: (ref, selector) => api.list(ref, selector),
    write: async (write) => {
      const result = await api.write(write);
      if (result.status === 'written') changes.push(`${'create' in write ? 'create' : 'patch'} ${refOf(write).resource}`);
      return result;
    },
    remove: async (ref, preconditions) => {
      const outcome = await api.remove(ref, preconditions);
      if (outcome === 'removed') changes.push(`delete ${ref.resource}`);
      return outcome;
    },
  };
  return { api: recorded, changes, cluster };
}

/** A rollout of checkout that has begun, in a cluster whose pods are ready at once. */
async function rolloutUnderWay(change: Partial<RolloutSpecSource> = {}) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const begun = await begin(new Turns(store, clock), 'first', { spec: { ...specSource(change) } });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { record } = begun;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  await putRule(cluster, stableRule);
  await createRouter('istio', cluster).write(target, { split: splitAt(0, 100), fence: record.fence, role: 'claim' });
  const { api, changes, cluster: control } = recording(cluster);
  const log = createMemoryLog();
  const deps = { clock, store, log, clusters: { open: () => api } } as unknown as Deps;
  const call = (of: SluiceFunction, stepIndex = 0, change = {}) =>
    of.wiredWith(deps)({
      ...{ payloadVersion, rollout: record.rollout, rolloutId: record.rolloutId, fence: record.fence, stepIndex },
      ...{ outcome: '', waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: record.cluster, routerKind: 'istio', target },
      ...change,
    });
  return { call, cluster, control, clock, changes, log };
}

describe('T8: making', () => {
  it("makes the canary's Service, then its DestinationRule, then its pods, and no route names it yet", async () => {
    const { call, changes, cluster } = await rolloutUnderWay();
    await call(deployCanary);
    expect(changes).toEqual(['create services', 'create destinationrules', 'create deployments']);
    expect(cluster.peek(ruleRef('checkout-canary'))).toBeDefined();
  });

  it("goes on without a copy of stable's rule where it may not be read, and says so", async () => {
    const { call, changes, cluster, log } = await rolloutUnderWay();
    cluster.forbid('destinationrules');
    await call(deployCanary);
    expect(changes).toEqual(['create services', 'create deployments']);
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      "The canary has no copy of stable's mesh policies: they may not be read.",
    ]);
    await call(removeCanary);
    expect(changes).toContain('delete deployments');
  });

  it('gives the mesh two seconds before the first weight, and none before the next', async () => {
    const { call, clock } = await rolloutUnderWay();
    await call(deployCanary);
    const startMs = clock.now();
    expect(await call(awaitReady)).toMatchObject({ outcome: 'ready' });
    expect(clock.now() - startMs).toBe(2000);
    expect(await call(awaitReady, 1)).toMatchObject({ outcome: 'ready' });
    expect(clock.now() - startMs).toBe(2000);
  });

  it.each([
    ['the canary, before its weight rises', awaitReady],
    ['stable, before it gets the traffic back', awaitStable],
  ])('gives a mesh that was cut off as well a minute to learn of %s', async (_, task) => {
    const { call, clock, control } = await rolloutUnderWay();
    await call(deployCanary);
    control.isAway = true;
    await expect(call(task, 1)).rejects.toThrow(ClusterUnavailableError);
    control.isAway = false;
    expect(await call(task, 1)).toMatchObject({ outcome: 'waiting', waitSeconds: 60 });
    await clock.sleep(59_000);
    expect(await call(task, 1)).toMatchObject({ outcome: 'waiting', waitSeconds: 5 });
    await clock.sleep(1000);
    expect(await call(task, 1)).toMatchObject({ outcome: 'ready' });
  });

  it('gives it that minute also where the cluster was away while the canary was judged', async () => {
    const { call, clock, control } = await rolloutUnderWay({ analysis: { interval: '1s', alarms: ['checkout-errors'] } });
    await call(deployCanary);
    await call(awaitReady);
    await call(setWeight);
    control.isAway = true;
    await expect(call(runAnalysis)).rejects.toThrow(ClusterUnavailableError);
    control.isAway = false;
    expect(await call(awaitReady, 1)).toMatchObject({ outcome: 'waiting', waitSeconds: 60 });
    await clock.sleep(60_000);
    expect(await call(awaitReady, 1)).toMatchObject({ outcome: 'ready' });
  });

  it('gives it none for an API server that answers, if by an error: the mesh has its watches still', async () => {
    const { call, control } = await rolloutUnderWay();
    await call(deployCanary);
    Object.assign(control, { isAway: true, isUnanswered: false });
    await expect(call(awaitReady, 1)).rejects.toThrow(ClusterUnavailableError);
    control.isAway = false;
    expect(await call(awaitReady, 1)).toMatchObject({ outcome: 'ready' });
  });

  it('does not wait for ever where the cluster goes away again and again', async () => {
    const { call, clock, control } = await rolloutUnderWay({ deadlines: { ready: '2m' } });
    await call(deployCanary);
    let payload = {};
    const flap = async () => {
      for (;;) {
        control.isAway = true;
        await expect(call(awaitReady, 1, payload)).rejects.toThrow(ClusterUnavailableError);
        control.isAway = false;
        payload = { ...Object(await call(awaitReady, 1, payload)) };
        await clock.sleep(30_000);
      }
    };
    const startMs = clock.now();
    await expect(flap()).rejects.toThrow(DeadlineExceededError);
    expect(clock.now() - startMs).toBe(180_000);
  });

  it('looks again after that, since pods may have failed meanwhile', async () => {
    const { call, clock, cluster } = await rolloutUnderWay();
    await call(deployCanary);
    clock.timer(1000, () => {
      cluster.canaryStarts = false;
    });
    expect(await call(awaitReady)).toMatchObject({ outcome: 'waiting' });
    cluster.canaryStarts = true;
    expect(await call(awaitReady)).toMatchObject({ outcome: 'ready' });
  });

  it('is ready also where the deadline comes within those two seconds', async () => {
    const { call, clock, cluster } = await rolloutUnderWay({ deadlines: { ready: '10s' } });
    await call(deployCanary);
    cluster.canaryStarts = false;
    clock.timer(9000, () => {
      cluster.canaryStarts = true;
    });
    expect(await call(awaitReady)).toMatchObject({ outcome: 'ready' });
    cluster.canaryStarts = false;
    await expect(call(awaitReady)).rejects.toThrow(DeadlineExceededError);
  });
});

describe('T8: removing', () => {
  it('takes the weight away, and the pods only in another state, which comes after the drain', async () => {
    const { call, changes, cluster } = await rolloutUnderWay({ deadlines: { drain: '1s' } });
    await call(deployCanary);
    await call(setWeight);
    changes.length = 0;
    expect(await call(returnTraffic)).toMatchObject({ weight: 0, waitSeconds: 2 });
    expect(changes).toEqual(['patch virtualservices']);
    await call(removeCanary);
    expect(changes.slice(1)).toEqual(['patch virtualservices', 'delete deployments', 'delete services', 'delete destinationrules']);
    expect(cluster.peek(ruleRef('checkout'))?.['spec']).toEqual(stableRule['spec']);
  });

  it('raises the fence first: a step that was paused before its write sends nobody to pods that are gone (T1)', async () => {
    const { call, cluster } = await rolloutUnderWay();
    await call(deployCanary);
    await call(setWeight);
    const late = createRouter('istio', cluster);
    await call(returnTraffic);
    expect(await call(removeCanary)).toMatchObject({ fence: 2 });
    await expect(late.write(target, { split: splitAt(10, 100), fence: 1, role: 'owner' })).rejects.toThrow(FencedError);
    await expect(late.write(target, { split: splitAt(100, 100), fence: 1, role: 'door' })).rejects.toThrow(FencedError);
    expect(await call(removeCanary)).toMatchObject({ fence: 2 });
  });

  it('removes no pods while a route still gives the canary weight', async () => {
    const { call, changes } = await rolloutUnderWay();
    await call(deployCanary);
    await call(setWeight);
    changes.length = 0;
    await expect(call(removeCanary)).rejects.toThrow();
    expect(changes).toEqual([]);
  });

  it('finishes what was begun when it comes again', async () => {
    const { call, changes, cluster } = await rolloutUnderWay();
    await call(deployCanary);
    const remove = cluster.remove.bind(cluster);
    cluster.remove = async (ref, preconditions) => (ref.resource === 'destinationrules' ? 'conflict' : remove(ref, preconditions));
    await expect(call(removeCanary)).rejects.toMatchObject({ name: 'WriteConflictError' });
    cluster.remove = remove;
    await call(removeCanary);
    expect(changes.slice(-1)).toEqual(['delete destinationrules']);
  });
});
