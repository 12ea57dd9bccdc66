import { describe, expect, it } from 'vitest';
import { deployCanary } from '../../../../adapters/eks/workload/deploy-canary.ts';
import type { Owner } from '../../../../adapters/eks/workload/names.ts';
import { FencedError, WorkloadRejectedError, WriteConflictError } from '../../../../core/errors.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, earlier, field, later, names, newImage, oldImage, owner, stableDeployment, stableService } from './manifests.ts';

const fence = ['metadata', 'annotations', 'sluice.dev/fence'];
const imageOf = (api: FakeKubernetes) => field(api.peek(at.canary), 'spec', 'template', 'spec', 'containers', 1, 'image');
const replicasOf = (api: FakeKubernetes) => field(api.peek(at.canary), 'spec', 'replicas');
const cluster = () => new FakeKubernetes(stableDeployment(), stableService());
const deploy = (api: FakeKubernetes, by: Owner = owner, image = newImage, replicas = 2) =>
  deployCanary(api, { ...names, ...by, image, replicas });

describe('deploying the canary', () => {
  it('makes its Service before its Deployment', async () => {
    const api = cluster();
    expect(await deploy(api)).toEqual({ service: 'created', deployment: 'created' });
    expect(api.writes.map((write) => ('create' in write ? write.create.resource : ''))).toEqual(['services', 'deployments']);
    expect(imageOf(api)).toBe(newImage);
    expect(replicasOf(api)).toBe(2);
  });

  it('leaves stable as it is', async () => {
    const api = cluster();
    const before = [api.peek(at.stable), api.peek(at.service)];
    await deploy(api);
    expect([api.peek(at.stable), api.peek(at.service)]).toEqual(before);
  });

  it('writes nothing the second time', async () => {
    const api = cluster();
    await deploy(api);
    const written = api.writes.length;
    expect(await deploy(api)).toEqual({ service: 'unchanged', deployment: 'unchanged' });
    expect(api.writes).toHaveLength(written);
  });

  it('puts right what differs in its own: the image, the size upwards, the fence', async () => {
    const api = cluster();
    await deploy(api, owner, oldImage, 1);
    expect(await deploy(api, { ...owner, fence: 9 }, newImage, 3)).toEqual({ service: 'patched', deployment: 'patched' });
    expect([imageOf(api), replicasOf(api)]).toEqual([newImage, 3]);
    expect([field(api.peek(at.canary), ...fence), field(api.peek(at.canaryService), ...fence)]).toEqual(['9', '9']);
  });

  it('takes no capacity from a later step when it comes twice', async () => {
    const api = cluster();
    await deploy(api, owner, newImage, 4);
    await deploy(api, owner, newImage, 1);
    expect(replicasOf(api)).toBe(4);
  });

  it('takes a leftover of an earlier run over, wholly', async () => {
    const api = cluster();
    await deploy(api, earlier, oldImage, 4);
    const uid = api.peek(at.canary)?.metadata.uid;
    api.put(stableDeployment({ pod: { nodeSelector: { zone: 'b' } } }));
    expect(await deploy(api)).toEqual({ service: 'takenOver', deployment: 'takenOver' });
    expect([imageOf(api), replicasOf(api)]).toEqual([newImage, 2]);
    expect(field(api.peek(at.canary), 'spec', 'template', 'spec', 'nodeSelector')).toEqual({ zone: 'b' });
    expect(api.peek(at.canary)?.metadata).toMatchObject({ uid, annotations: { 'sluice.dev/rollout-id': owner.rolloutId } });
  });

  it('leaves a Service that it takes over the address that it was given', async () => {
    const api = cluster();
    await deploy(api, earlier);
    const ref = at.canaryService;
    await api.write({ jsonPatch: ref, operations: [{ op: 'add', path: '/spec/clusterIP', value: '10.0.0.9' }] });
    await deploy(api);
    expect(field(api.peek(ref), 'spec', 'clusterIP')).toBe('10.0.0.9');
  });

  it('makes a leftover anew whose selector is another, since that cannot be changed', async () => {
    const api = cluster();
    await deploy(api, earlier);
    const uid = api.peek(at.canary)?.metadata.uid;
    api.put(stableDeployment({ spec: { selector: { matchLabels: { app: 'checkout', tier: 'web' } } } }));
    expect(await deploy(api)).toMatchObject({ deployment: 'created' });
    expect(api.peek(at.canary)?.metadata.uid).not.toBe(uid);
  });

  it.each([
    ['Service', stableService({}, { name: 'checkout-canary' })],
    ['Deployment', stableDeployment({ metadata: { name: 'checkout-canary' } })],
    ['Deployment', stableDeployment({ metadata: { name: 'checkout-canary', annotations: { 'sluice.dev/rollout': 'other' } } })],
  ])("refuses somebody else's %s of that name, and leaves it alone", async (_kind, foreign) => {
    const api = cluster();
    api.put(foreign);
    const before = api.peek(foreign.kind === 'Service' ? at.canaryService : at.canary);
    await expect(deploy(api)).rejects.toThrow(WorkloadRejectedError);
    expect(api.peek(foreign.kind === 'Service' ? at.canaryService : at.canary)).toEqual(before);
  });

  it('gives way to a later owner', async () => {
    const api = cluster();
    await deploy(api, later);
    await expect(deploy(api)).rejects.toThrow(FencedError);
    expect(field(api.peek(at.canary), ...fence)).toBe('8');
  });

  it('gives way to a later owner who comes between its look and its write', async () => {
    const api = cluster();
    await deploy(api, owner, newImage, 1);
    api.beforeNextWrite = () => {
      const canary = api.peek(at.canary);
      if (canary !== undefined)
        api.put({
          ...canary,
          metadata: { ...canary.metadata, annotations: { 'sluice.dev/rollout': 'checkout', 'sluice.dev/fence': '8' } },
        });
    };
    await expect(deploy(api, owner, newImage, 3)).rejects.toThrow(FencedError);
    expect(replicasOf(api)).toBe(1);
  });

  it('finds what a second delivery of the same event has made meanwhile', async () => {
    const api = cluster();
    api.beforeNextWrite = () => {
      const stable = stableService(
        {},
        {
          name: 'checkout-canary',
          annotations: { 'sluice.dev/rollout': 'checkout', 'sluice.dev/rollout-id': 'checkout-7', 'sluice.dev/fence': '7' },
        },
      );
      api.put(stable);
    };
    expect(await deploy(api)).toEqual({ service: 'unchanged', deployment: 'created' });
  });

  it('comes back later where the old one is still being deleted', async () => {
    const api = cluster();
    await deploy(api, earlier);
    const canary = api.peek(at.canary);
    if (canary !== undefined) api.put({ ...canary, metadata: { ...canary.metadata, deletionTimestamp: '2026-01-05T03:00:00Z' } });
    await expect(deploy(api)).rejects.toThrow(WriteConflictError);
  });

  it('refuses a stable that is not fit, before it writes anything', async () => {
    const api = new FakeKubernetes(stableDeployment({ labels: { app: 'checkout' } }), stableService());
    await expect(deploy(api)).rejects.toThrow(WorkloadRejectedError);
    expect(api.writes).toEqual([]);
  });
});
