import { describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import type { HeldRollout } from '../../adapters/store/rollouts.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { FencedError } from '../../core/errors.ts';
import type { KubernetesApi, RolloutStore } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitReady } from '../../functions/await-ready.ts';
import { awaitStable } from '../../functions/await-stable.ts';
import { decide } from '../../functions/decide.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import { failRollback } from '../../functions/fail-rollback.ts';
import { finish } from '../../functions/finish.ts';
import { finishRollback } from '../../functions/finish-rollback.ts';
import { promoteStable } from '../../functions/promote-stable.ts';
import { removeCanary } from '../../functions/remove-canary.ts';
import { restoreStable } from '../../functions/restore-stable.ts';
import { restoreTraffic } from '../../functions/restore-traffic.ts';
import { returnTraffic } from '../../functions/return-traffic.ts';
import { runAnalysis } from '../../functions/run-analysis.ts';
import { setWeight } from '../../functions/set-weight.ts';
import { verifyTraffic } from '../../functions/verify-traffic.ts';
import { verifyWeight } from '../../functions/verify-weight.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { autoscaler } from '../adapters/eks/workload/manifests.ts';
import { put, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

const rolloutTasks = [
  ...[deployCanary, awaitReady, setWeight, verifyWeight, runAnalysis, decide],
  ...[promoteStable, awaitStable, returnTraffic, removeCanary, finish],
];
const rollbackTasks = [restoreTraffic, verifyTraffic, restoreStable, finishRollback, failRollback];

/** Everything that is written from now on, to the store or to the cluster. */
function noting(store: RolloutStore, cluster: KubernetesApi) {
  const written: string[] = [];
  const note = <A extends readonly unknown[], R>(what: string, act: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      written.push(`${what} ${JSON.stringify(args)}`);
      return act(...args);
    };
  };
  const notedStore: RolloutStore = {
    read: (key) => store.read(key),
    list: (partition) => store.list(partition),
    write: note('store', (changes) => store.write(changes)),
  };
  const notedCluster: KubernetesApi = {
    read: (ref) => cluster.read(ref),
    list: (ref, selector) => cluster.list(ref, selector),
    write: note('cluster', (write) => cluster.write(write)),
    remove: note('cluster', (ref, preconditions) => cluster.remove(ref, preconditions)),
  };
  return { written, notedStore, notedCluster };
}

/** A Task of a rollout that was half-way up, called with the payload of that time after all this has happened. */
async function calledAgain(task: SluiceFunction, meanwhile: (rollouts: Turns, held: HeldRollout) => Promise<unknown>) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const begun = await begin(rollouts, 'first', { split: splitAt(50, 100), stableReplicas: 4, stableReady: 4, stepIndex: 1 });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint, split } = begun.record;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  cluster.put(autoscaler({ minReplicas: 2, maxReplicas: 10 }));
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  await createRouter('istio', cluster).write(target, { split, fence, role: 'claim' });
  await meanwhile(rollouts, await rollouts.load(rollout, rolloutId));
  const { written, notedStore, notedCluster } = noting(store, cluster);
  const unasked = () => Promise.reject(new Error('nobody was to be asked'));
  const deps: Partial<Deps> = {
    ...{ clock, store: notedStore, log: createMemoryLog(), clusters: { open: () => notedCluster } },
    events: { publish: unasked },
    prometheus: () => ({ metrics: { measure: unasked, history: unasked }, alerts: { read: unasked } }),
  };
  const outcome = await task
    .wiredWith(deps as Deps)({
      ...{ payloadVersion, rollout, rolloutId, fence, stepIndex: 1, outcome: '', waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: endpoint, routerKind: 'istio', target },
    })
    .catch((error: unknown) => error);
  return { outcome, written };
}

const takenByADoor = (rollouts: Turns, { record }: HeldRollout) => rollouts.raiseFence(record.rollout, record.rolloutId, {});
const rolledBack = async (rollouts: Turns, held: HeldRollout) => {
  const raised = await takenByADoor(rollouts, held);
  if (raised !== undefined) await rollouts.end(raised, { phase: 'rolledBack' });
};
const nextBegun = async (rollouts: Turns, held: HeldRollout) => {
  await rolledBack(rollouts, held);
  await begin(rollouts, 'second');
};

describe('T3: a redrive of an old execution', () => {
  const situations = [
    ['after a door has taken the rollout', takenByADoor],
    ['after the rollout was rolled back', rolledBack],
    ['while the next rollout runs', nextBegun],
  ] as const;
  const tasks = [...rolloutTasks, ...rollbackTasks].map((task) => [task.name, task] as const);

  describe.each(situations)('%s', (_, meanwhile) => {
    it.each(tasks)('does nothing in %s', async (_name, task) => {
      const { outcome, written } = await calledAgain(task, meanwhile);
      expect(outcome).toBeInstanceOf(FencedError);
      expect(written).toEqual([]);
    });
  });

  it.each(tasks)('does nothing in %s after the rollout has succeeded', async (_name, task) => {
    const { outcome, written } = await calledAgain(task, (rollouts, held) => rollouts.end(held, { phase: 'succeeded' }));
    if (!(outcome instanceof FencedError)) expect(outcome).toMatchObject({ outcome: 'succeeded' });
    expect(written).toEqual([]);
  });
});
