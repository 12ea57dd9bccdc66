import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { ClusterForbiddenError, ClusterUnavailableError } from '../../core/errors.ts';
import type { KubernetesApi } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { restoreStable } from '../../functions/restore-stable.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { at, autoscaler, field, stableDeployment } from '../adapters/eks/workload/manifests.ts';
import { target } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';

const pins = [{ name: 'checkout', minReplicas: 2, pinnedTo: 4 }];

/** A rollback of a stable that somebody has scaled to nothing; `refuse` says what the cluster does with a list of autoscalers. */
async function scaledToNothing(refuse: () => Error | undefined, change: Partial<RolloutRecord> = {}) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const cluster = new FakeKubernetes(stableDeployment({ spec: { replicas: 0 } }), autoscaler({ minReplicas: 1, maxReplicas: 10 }));
  const begun = await begin(new Turns(store, clock), 'first', {
    phase: 'rollingBack',
    stableReplicas: 4,
    stableReady: 4,
    pins,
    ...change,
  });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint } = begun.record;
  const api: KubernetesApi = {
    read: (ref) => cluster.read(ref),
    list: async (ref, selector) => {
      const refused = ref.resource === 'horizontalpodautoscalers' ? refuse() : undefined;
      if (refused !== undefined) throw refused;
      return cluster.list(ref, selector);
    },
    write: (write) => cluster.write(write),
    remove: (ref, preconditions) => cluster.remove(ref, preconditions),
  };
  const log = createMemoryLog();
  const deps = { clock, store, log, clusters: { open: () => api } } as unknown as Deps;
  const call = () =>
    restoreStable.wiredWith(deps)({
      ...{ payloadVersion, rollout, rolloutId, fence, stepIndex: 0, outcome: 'held', waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: endpoint, routerKind: 'istio', target },
    });
  return {
    call,
    log,
    replicas: () => field(cluster.peek(at.stable), 'spec', 'replicas'),
    minimum: () => field(cluster.peek(at.autoscaler), 'spec', 'minReplicas'),
  };
}

describe('T7: RestoreStable, where stable was scaled to nothing', () => {
  it('brings its pods back, and pins its autoscaler anew', async () => {
    const { call, replicas, minimum } = await scaledToNothing(() => undefined);
    expect(await call()).toMatchObject({ outcome: 'restoring' });
    expect([replicas(), minimum()]).toEqual([4, 4]);
  });

  it('fails where the cluster does not answer, since nobody else would bring them, and does so when it is called again', async () => {
    const answers = [new ClusterUnavailableError('The API server is away.', { remedy: 'Wait.' })];
    const { call, replicas } = await scaledToNothing(() => answers.pop());
    await expect(call()).rejects.toThrow(ClusterUnavailableError);
    expect(replicas()).toBe(0);
    expect(await call()).toMatchObject({ outcome: 'restoring' });
    expect(replicas()).toBe(4);
  });

  it('goes on where it may not, since a person may bring them', async () => {
    const { call, log } = await scaledToNothing(() => new ClusterForbiddenError('It may not.', { remedy: 'Allow it.' }));
    expect(await call()).toMatchObject({ outcome: 'restoring' });
    expect(log.lines.map(({ message }) => message)).toContain("could not bring stable's capacity back");
  });
});
