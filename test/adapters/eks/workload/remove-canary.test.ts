import { describe, expect, it } from 'vitest';
import { deployCanary } from '../../../../adapters/eks/workload/deploy-canary.ts';
import type { Owner } from '../../../../adapters/eks/workload/names.ts';
import { removeCanary } from '../../../../adapters/eks/workload/remove-canary.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, earlier, later, names, newImage, owner, stableDeployment, stableService } from './manifests.ts';

async function clusterWithCanaryOf(by: Owner) {
  const api = new FakeKubernetes(stableDeployment(), stableService());
  await deployCanary(api, { ...names, ...by, image: newImage, replicas: 1 });
  return api;
}

const remove = (api: FakeKubernetes) => removeCanary(api, { ...names, ...owner });

describe('removing the canary', () => {
  it.each([
    ['this run', owner],
    ['an earlier run', earlier],
  ])('removes what %s made, and nothing of stable', async (_what, by) => {
    const api = await clusterWithCanaryOf(by);
    expect(await remove(api)).toEqual({ deployment: 'removed', service: 'removed' });
    expect([api.peek(at.canary), api.peek(at.canaryService)]).toEqual([undefined, undefined]);
    expect([api.peek(at.stable)?.kind, api.peek(at.service)?.kind]).toEqual(['Deployment', 'Service']);
  });

  it('does not mind that it is gone', async () => {
    const api = await clusterWithCanaryOf(owner);
    await remove(api);
    expect(await remove(api)).toEqual({ deployment: 'absent', service: 'absent' });
  });

  it("leaves a later owner's canary", async () => {
    const api = await clusterWithCanaryOf(later);
    expect(await remove(api)).toEqual({ deployment: 'kept', service: 'kept' });
    expect(api.peek(at.canary)).toBeDefined();
  });

  it('leaves what it did not make', async () => {
    const api = new FakeKubernetes(
      stableDeployment({ metadata: { name: 'checkout-canary' } }),
      stableService({}, { name: 'checkout-canary', annotations: { 'sluice.dev/rollout': 'other', 'sluice.dev/fence': '1' } }),
    );
    expect(await remove(api)).toEqual({ deployment: 'kept', service: 'kept' });
  });

  it('never removes a canary that a later rollout has taken over since it was read', async () => {
    const api = await clusterWithCanaryOf(owner);
    const read = api.read.bind(api);
    let raced = false;
    api.read = async (ref) => {
      const found = await read(ref);
      if (!raced && ref.name === at.canary.name) {
        raced = true;
        await deployCanary(api, { ...names, ...later, image: newImage, replicas: 1 });
      }
      return found;
    };
    expect((await remove(api)).deployment).toBe('kept');
    expect(api.peek(at.canary)?.metadata.annotations).toMatchObject({ 'sluice.dev/rollout-id': later.rolloutId });
  });

  it('never removes a later canary in place of the one that it read', async () => {
    const api = await clusterWithCanaryOf(owner);
    const made = api.peek(at.canary);
    const read = api.read.bind(api);
    let raced = false;
    api.read = async (ref) => {
      const found = await read(ref);
      if (!raced && ref.name === at.canary.name && made !== undefined) {
        raced = true;
        api.drop(at.canary);
        const annotations = { ...made.metadata.annotations, 'sluice.dev/rollout-id': later.rolloutId, 'sluice.dev/fence': '8' };
        api.put({ ...made, metadata: { name: made.metadata.name, namespace: 'shop', annotations } });
      }
      return found;
    };
    expect(await remove(api)).toMatchObject({ deployment: 'kept' });
    expect(api.peek(at.canary)).toBeDefined();
  });
});
