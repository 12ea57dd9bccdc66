import { describe, expect, it } from 'vitest';
import { findUndonePins, pinAutoscaler, unpinAutoscaler } from '../../../../adapters/eks/workload/autoscaler.ts';
import { FencedError } from '../../../../core/errors.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, autoscaler, field, names, stableDeployment } from './manifests.ts';

const stable = { ...names, rollout: 'checkout', fence: 7 };
const pin = (api: FakeKubernetes, replicas = 6, fence = 7) => pinAutoscaler(api, { ...stable, fence, replicas });
const unpin = (api: FakeKubernetes, fence = 7, pins: Awaited<ReturnType<typeof pin>> = []) =>
  unpinAutoscaler(api, { ...stable, fence, pins });
const minimumOf = (api: FakeKubernetes) => field(api.peek(at.autoscaler), 'spec', 'minReplicas');
const annotation = ['metadata', 'annotations', 'pin.sluice.dev/checkout'];

describe('pinning an autoscaler', () => {
  it.each([
    { spec: { minReplicas: 2, maxReplicas: 10 }, replicas: 6, pins: [{ name: 'checkout', minReplicas: 2, pinnedTo: 6 }], minimum: 6 },
    {
      spec: { minReplicas: undefined, maxReplicas: 10 },
      replicas: 6,
      pins: [{ name: 'checkout', minReplicas: 1, pinnedTo: 6 }],
      minimum: 6,
    },
    { spec: { minReplicas: 2, maxReplicas: 4 }, replicas: 6, pins: [{ name: 'checkout', minReplicas: 2, pinnedTo: 4 }], minimum: 4 },
    { spec: { minReplicas: 6, maxReplicas: 10 }, replicas: 6, pins: [], minimum: 6 },
    { spec: { minReplicas: 8, maxReplicas: 10 }, replicas: 6, pins: [], minimum: 8 },
  ])('raises its minimum to what stable has, within its maximum: $spec at $replicas', async ({ spec, replicas, pins, minimum }) => {
    const { minReplicas, ...rest } = spec;
    const api = new FakeKubernetes(withoutUndefined(autoscaler({ ...rest, minReplicas })));
    expect(await pin(api, replicas)).toEqual(pins);
    expect(minimumOf(api)).toBe(minimum);
  });

  it('does nothing where there is none, or where it sizes something else', async () => {
    const other = autoscaler({ scaleTargetRef: { kind: 'StatefulSet', name: 'checkout' } });
    for (const api of [new FakeKubernetes(stableDeployment()), new FakeKubernetes(other)]) {
      expect(await pin(api)).toEqual([]);
      expect(await unpin(api)).toEqual([]);
      expect(api.writes).toEqual([]);
    }
  });

  it('remembers the old minimum, not the pinned one, when it comes twice', async () => {
    const api = new FakeKubernetes(autoscaler());
    const first = await pin(api);
    const written = api.writes.length;
    expect(await pin(api)).toEqual(first);
    expect(api.writes).toHaveLength(written);
  });

  it('is set again where somebody undid it', async () => {
    const api = new FakeKubernetes(autoscaler());
    const first = await pin(api);
    await api.write({ mergePatch: at.autoscaler, patch: { spec: { minReplicas: 3 } } });
    expect(await pin(api)).toEqual(first);
    expect(minimumOf(api)).toBe(6);
  });

  it('looks again where somebody changes the minimum at the same moment', async () => {
    const api = new FakeKubernetes(autoscaler());
    api.beforeNextWrite = () => api.put(autoscaler({ minReplicas: 3 }));
    expect(await pin(api)).toEqual([{ name: 'checkout', minReplicas: 3, pinnedTo: 6 }]);
  });
});

describe('unpinning an autoscaler', () => {
  it('gives it its old minimum back, once, and leaves nothing but the fence', async () => {
    const api = new FakeKubernetes(autoscaler());
    await pin(api);
    expect(await unpin(api, 8)).toEqual([{ name: 'checkout', status: 'restored' }]);
    expect(minimumOf(api)).toBe(2);
    expect(api.peek(at.autoscaler)?.metadata.annotations).toEqual({ 'fence.sluice.dev/checkout': '8' });
    expect(await unpin(api, 8)).toEqual([]);
  });

  it('leaves a minimum that somebody has set meanwhile', async () => {
    const api = new FakeKubernetes(autoscaler());
    await pin(api);
    await api.write({ mergePatch: at.autoscaler, patch: { spec: { minReplicas: 5 } } });
    expect(await unpin(api)).toEqual([{ name: 'checkout', status: 'edited' }]);
    expect(minimumOf(api)).toBe(5);
    expect(field(api.peek(at.autoscaler), ...annotation)).toBeUndefined();
  });

  it("leaves another rollout's pin alone", async () => {
    const api = new FakeKubernetes(autoscaler());
    await pin(api);
    expect(await unpinAutoscaler(api, { ...stable, rollout: 'other', pins: [] })).toEqual([]);
    expect(minimumOf(api)).toBe(6);
  });

  it('takes the recorded pin where its own note was damaged', async () => {
    const api = new FakeKubernetes(autoscaler());
    const pins = await pin(api);
    await api.write({ mergePatch: at.autoscaler, patch: { metadata: { annotations: { 'pin.sluice.dev/checkout': 'oops' } } } });
    expect(await unpin(api, 7, pins)).toEqual([{ name: 'checkout', status: 'restored' }]);
    expect(minimumOf(api)).toBe(2);
  });

  it('does not mind one that is gone', async () => {
    const api = new FakeKubernetes(autoscaler());
    const pins = await pin(api);
    api.drop(at.autoscaler);
    expect(await unpin(api, 7, pins)).toEqual([]);
  });

  it('does not mind one that goes at the same moment', async () => {
    const api = new FakeKubernetes(autoscaler());
    await pin(api);
    api.beforeNextWrite = () => api.drop(at.autoscaler);
    expect(await unpin(api)).toEqual([]);
  });

  it('is not undone by a late pin', async () => {
    const api = new FakeKubernetes(autoscaler());
    await pin(api, 6, 7);
    await unpin(api, 8);
    await expect(pin(api, 6, 7)).rejects.toThrow(FencedError);
    expect(minimumOf(api)).toBe(2);
  });

  it('keeps out the first pin of a writer who was paused before it, and whose rollout was rolled back meanwhile', async () => {
    const api = new FakeKubernetes(autoscaler());
    const rolledBack = once(() => unpinAutoscaler(api, { ...stable, fence: 8, pins: [], pinsUnder: 'checkout' }));
    const paused: KubernetesApi = {
      read: (ref) => api.read(ref),
      list: (ref, labelSelector) => api.list(ref, labelSelector),
      remove: (ref, preconditions) => api.remove(ref, preconditions),
      write: async (write) => {
        await rolledBack();
        return api.write(write);
      },
    };
    await expect(pinAutoscaler(paused, { ...stable, replicas: 6 })).rejects.toThrow(FencedError);
    expect(minimumOf(api)).toBe(2);
  });

  it('leaves no fence on what sizes something else', async () => {
    const api = new FakeKubernetes(autoscaler({ scaleTargetRef: { kind: 'Deployment', name: 'cart' } }));
    expect(await unpinAutoscaler(api, { ...stable, pins: [], pinsUnder: 'checkout' })).toEqual([]);
    expect(api.writes).toEqual([]);
  });
});

describe('finding undone pins', () => {
  const undone = (api: FakeKubernetes, pins: Awaited<ReturnType<typeof pin>>) => findUndonePins(api, { ...stable, pins });
  const lower = 'Autoscaler checkout lets stable shrink to 5, below the 6 that it was pinned to.';

  it.each([
    [5, [lower]],
    [6, []],
    [7, []],
  ])('of an autoscaler pinned to 6 whose minimum is now %d', async (minReplicas, found) => {
    const api = new FakeKubernetes(autoscaler());
    const pins = await pin(api);
    await api.write({ mergePatch: at.autoscaler, patch: { spec: { minReplicas } } });
    expect(await undone(api, pins)).toEqual(found);
  });

  it('names an autoscaler that is gone', async () => {
    const pins = await pin(new FakeKubernetes(autoscaler()));
    expect(await undone(new FakeKubernetes(), pins)).toEqual(['Autoscaler checkout, which was pinned to 6, is gone.']);
  });

  it('finds none where nothing was pinned', async () => {
    expect(await undone(new FakeKubernetes(autoscaler()), [])).toEqual([]);
  });
});

function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
