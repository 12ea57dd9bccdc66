import { describe, expect, it } from 'vitest';
import type { Owner } from '../../../../adapters/eks/workload/names.ts';
import { scaleCanary } from '../../../../adapters/eks/workload/scale-canary.ts';
import { FencedError, WorkloadRejectedError, WriteConflictError } from '../../../../core/errors.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, earlier, field, later, names, owner, stableDeployment } from './manifests.ts';

function canaryOf(by: Owner, replicas: number) {
  const annotations = { 'sluice.dev/rollout': by.rollout, 'sluice.dev/rollout-id': by.rolloutId, 'sluice.dev/fence': String(by.fence) };
  return stableDeployment({ metadata: { name: 'checkout-canary', annotations }, spec: { replicas } });
}

const replicasOf = (api: FakeKubernetes) => field(api.peek(at.canary), 'spec', 'replicas');

describe('scaling the canary', () => {
  it.each([
    { from: 1, to: 3, direction: 'up', expected: { status: 'scaled', replicas: 3 } },
    { from: 3, to: 3, direction: 'up', expected: { status: 'unchanged', replicas: 3 } },
    { from: 4, to: 3, direction: 'up', expected: { status: 'unchanged', replicas: 4 } },
    { from: 4, to: 3, direction: 'any', expected: { status: 'scaled', replicas: 3 } },
  ] as const)('from $from to $to, $direction', async ({ from, to, direction, expected }) => {
    const api = new FakeKubernetes(canaryOf(owner, from));
    expect(await scaleCanary(api, { ...names, ...owner, replicas: to, direction })).toEqual(expected);
    expect(replicasOf(api)).toBe(expected.replicas);
  });

  it('goes upwards unless told', async () => {
    const api = new FakeKubernetes(canaryOf(owner, 4));
    await scaleCanary(api, { ...names, ...owner, replicas: 1 });
    expect(replicasOf(api)).toBe(4);
  });

  it('says that there is no canary', async () => {
    expect(await scaleCanary(new FakeKubernetes(), { ...names, ...owner, replicas: 1 })).toEqual({ status: 'absent' });
  });

  it('gives way to a later owner', async () => {
    const api = new FakeKubernetes(canaryOf(later, 1));
    await expect(scaleCanary(api, { ...names, ...owner, replicas: 3 })).rejects.toThrow(FencedError);
  });

  it('gives way to a later owner who comes between its look and its write', async () => {
    const api = new FakeKubernetes(canaryOf(earlier, 1));
    api.beforeNextWrite = () => api.put(canaryOf(later, 1));
    await expect(scaleCanary(api, { ...names, ...owner, replicas: 3 })).rejects.toThrow(FencedError);
    expect(replicasOf(api)).toBe(1);
  });

  it('T1: takes nothing away that a later step has given it between its look and its write', async () => {
    const api = new FakeKubernetes(canaryOf(owner, 1));
    api.beforeNextWrite = () => api.put(canaryOf(owner, 4));
    expect(await scaleCanary(api, { ...names, ...owner, replicas: 2 })).toEqual({ status: 'unchanged', replicas: 4 });
    expect(replicasOf(api)).toBe(4);
  });

  it("refuses somebody else's Deployment", async () => {
    const api = new FakeKubernetes(stableDeployment({ metadata: { name: 'checkout-canary' } }));
    await expect(scaleCanary(api, { ...names, ...owner, replicas: 9 })).rejects.toThrow(WorkloadRejectedError);
  });

  it('gives up after five conflicts', async () => {
    const api = new FakeKubernetes(canaryOf(earlier, 1));
    let made = 0;
    const race = () => {
      made += 1;
      const { uid: _uid, ...metadata } = canaryOf(earlier, 1).metadata;
      api.drop(at.canary);
      api.put({ ...canaryOf(earlier, 1), metadata });
      api.beforeNextWrite = race;
    };
    api.beforeNextWrite = race;
    await expect(scaleCanary(api, { ...names, ...owner, replicas: 3 })).rejects.toThrow(WriteConflictError);
    expect(made).toBe(5);
  });
});
