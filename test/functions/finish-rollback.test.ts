import { describe, expect, it } from 'vitest';
import { pinAutoscaler } from '../../adapters/eks/workload/autoscaler.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { FencedError } from '../../core/errors.ts';
import type { SluiceEvent } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import { imageReference, type RollbackReason, type RolloutRecord } from '../../core/rollout/record.ts';
import { finishRollback } from '../../functions/finish-rollback.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { at, autoscaler, field, names, stableDeployment } from '../adapters/eks/workload/manifests.ts';
import { target } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { recordOf } from '../core/rollout/rollout-for-tests.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';

const { image } = recordOf();

/** A rollback whose traffic is back, whose canary is gone, and whose autoscaler is still pinned. */
async function rollback(change: Partial<RolloutRecord>) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const cluster = new FakeKubernetes(stableDeployment(), autoscaler({ minReplicas: 2, maxReplicas: 10 }));
  const pins = await pinAutoscaler(cluster, { ...names, rollout: 'checkout', fence: 1, replicas: 4 });
  const begun = await begin(rollouts, 'first', { phase: 'rollingBack', pins, reason: 'It fired.', ...change });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint } = begun.record;
  const told: SluiceEvent[] = [];
  const events = { publish: async (events: readonly SluiceEvent[]) => void told.push(...events) };
  const deps = { clock, store, events, log: createMemoryLog(), clusters: { open: () => cluster } } as unknown as Deps;
  const call = () =>
    finishRollback.wiredWith(deps)({
      ...{ payloadVersion, rollout, rolloutId, fence, stepIndex: 0, outcome: 'removed', waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: endpoint, routerKind: 'istio', target },
    });
  const quarantine = () => rollouts.quarantineOf(rollout, image.digest);
  return { call, cluster, rollouts, rollout, rolloutId, quarantine, told };
}

describe('FinishRollback', () => {
  it.each<[RollbackReason, boolean]>([
    ['alarm', true],
    ['analysis', true],
    ['inconclusive', true],
    ['abort', false],
    ['timeout', false],
    ['error', false],
    ['superseded', false],
    ['drift', false],
  ])('O4: after a rollback for %s, it is %s that the digest is quarantined', async (rollbackReason, quarantined) => {
    const { call, quarantine, rollouts, rollout } = await rollback({ rollbackReason });
    expect(await call()).toMatchObject({ outcome: 'rolledBack' });
    expect(await quarantine()).toBe(quarantined ? `${rollbackReason}: It fired.` : undefined);
    expect(await rollouts.readLock(rollout)).toMatchObject({ rolloutId: '' });
  });

  it('O4: quarantines nothing where the promotion was finished', async () => {
    const { call, quarantine } = await rollback({ rollbackReason: 'inconclusive', stableGoal: imageReference(image) });
    expect(await call()).toMatchObject({ outcome: 'succeeded' });
    expect(await quarantine()).toBeUndefined();
  });

  it('T4, T7: gives the autoscaler its old minimum back', async () => {
    const { call, cluster } = await rollback({ rollbackReason: 'alarm' });
    expect(field(cluster.peek(at.autoscaler), 'spec', 'minReplicas')).toBe(4);
    await call();
    expect(field(cluster.peek(at.autoscaler), 'spec', 'minReplicas')).toBe(2);
  });

  it('O2: ends the rollout once, and tells of it once, however often it is called', async () => {
    const { call, told, rollouts, rollout } = await rollback({ rollbackReason: 'alarm' });
    await call();
    const ended = await rollouts.list(rollout);
    expect(await call()).toMatchObject({ outcome: 'rolledBack' });
    expect(await rollouts.list(rollout)).toEqual(ended);
    expect(told).toHaveLength(1);
  });

  it('T3: writes nothing where a door has taken the rollout again', async () => {
    const { call, cluster, quarantine, rollouts, rollout, rolloutId } = await rollback({ rollbackReason: 'alarm' });
    await rollouts.raiseFence(rollout, rolloutId, {}, { atLeast: 5 });
    await expect(call()).rejects.toThrow(FencedError);
    expect(field(cluster.peek(at.autoscaler), 'spec', 'minReplicas')).toBe(4);
    expect(await quarantine()).toBeUndefined();
  });
});
