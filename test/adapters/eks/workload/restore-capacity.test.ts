import { describe, expect, it } from 'vitest';
import { pinAutoscaler } from '../../../../adapters/eks/workload/autoscaler.ts';
import { restoreCapacity } from '../../../../adapters/eks/workload/restore-capacity.ts';
import { FencedError } from '../../../../core/errors.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, autoscaler, field, names, stableDeployment } from './manifests.ts';

const stable = { ...names, rollout: 'checkout', fence: 7, replicas: 4 };
const replicasOf = (api: FakeKubernetes) => field(api.peek(at.stable), 'spec', 'replicas');
const minimumOf = (api: FakeKubernetes) => field(api.peek(at.autoscaler), 'spec', 'minReplicas');
const scaled = (replicas: number | undefined) => stableDeployment({ spec: { replicas } });

/** A rollout that pinned stable to 4, after somebody has made this of it. */
async function pinnedThen(...objects: readonly KubernetesObject[]) {
  const api = new FakeKubernetes(stableDeployment(), autoscaler());
  const pins = await pinAutoscaler(api, stable);
  for (const object of objects) api.put(object);
  return { api, pins, restore: (fence = 7) => restoreCapacity(api, { ...stable, fence, pins }) };
}

describe("T7: bringing stable's capacity back", () => {
  it('pins the autoscaler anew, which is the one that then sizes stable', async () => {
    const { api, restore } = await pinnedThen(autoscaler({ minReplicas: 1 }), scaled(1));
    expect(await restore()).toBe(true);
    expect([minimumOf(api), replicasOf(api)]).toEqual([4, 1]);
  });

  it('gives stable its pods where the autoscaler is gone', async () => {
    const { api, restore } = await pinnedThen(scaled(1));
    api.drop(at.autoscaler);
    expect(await restore()).toBe(true);
    expect(replicasOf(api)).toBe(4);
    expect(field(api.peek(at.stable), 'metadata', 'annotations', 'fence.sluice.dev/checkout')).toBe('7');
  });

  it('gives a stable that was scaled to nothing its pods, because no autoscaler would', async () => {
    const { api, restore } = await pinnedThen(autoscaler({ minReplicas: 1 }), scaled(0));
    await restore();
    expect([minimumOf(api), replicasOf(api)]).toEqual([4, 4]);
  });

  it.each([4, 9])('leaves a stable of %i alone', async (replicas) => {
    const { api, restore } = await pinnedThen(scaled(replicas));
    api.drop(at.autoscaler);
    await restore();
    expect(replicasOf(api)).toBe(replicas);
  });

  it('does not write a stable that was never pinned', async () => {
    const api = new FakeKubernetes(scaled(1), autoscaler({ minReplicas: 1 }));
    expect(await restoreCapacity(api, { ...stable, pins: [] })).toBe(false);
    expect(api.writes).toEqual([]);
  });

  it('looks again where somebody scales stable at the same moment', async () => {
    const { api, restore } = await pinnedThen(scaled(1));
    api.drop(at.autoscaler);
    api.beforeNextWrite = () => api.put(scaled(6));
    await restore();
    expect(replicasOf(api)).toBe(6);
  });

  it('has nothing to size where stable is gone', async () => {
    const { api, restore } = await pinnedThen();
    api.drop(at.autoscaler);
    api.drop(at.stable);
    expect(await restore()).toBe(true);
    expect(api.peek(at.stable)).toBeUndefined();
  });

  it('is refused where a later owner has been', async () => {
    const { api, restore } = await pinnedThen(scaled(1));
    api.drop(at.autoscaler);
    await restore(9);
    api.put({ ...scaled(1), metadata: { ...api.peek(at.stable)?.metadata, name: 'checkout' } });
    await expect(restore(8)).rejects.toThrow(FencedError);
    expect(replicasOf(api)).toBe(1);
  });
});
