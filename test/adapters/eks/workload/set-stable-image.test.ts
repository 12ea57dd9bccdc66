import { describe, expect, it } from 'vitest';
import { setStableImage } from '../../../../adapters/eks/workload/set-stable-image.ts';
import { FencedError, WorkloadRejectedError } from '../../../../core/errors.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, field, names, newImage, oldImage, owner, stableDeployment } from './manifests.ts';

const change = { ...names, rollout: owner.rollout, fence: 7, image: newImage, expectedImage: oldImage };
const back = { ...change, fence: 8, image: oldImage, expectedImage: newImage };
const imagesOf = (api: FakeKubernetes) =>
  [0, 1].map((index) => field(api.peek(at.stable), 'spec', 'template', 'spec', 'containers', index, 'image'));
const fenceOf = (api: FakeKubernetes) => field(api.peek(at.stable), 'metadata', 'annotations', 'fence.sluice.dev/checkout');

describe("setting stable's image", () => {
  it.each([
    ['without annotations', {}],
    ['with annotations', { annotations: { 'deployment.kubernetes.io/revision': '3' } }],
    ['with an older fence', { annotations: { 'fence.sluice.dev/checkout': '6' } }],
  ])('writes it with the fence, and nothing else, on a Deployment %s', async (_what, metadata) => {
    const api = new FakeKubernetes(stableDeployment({ metadata }));
    const before = api.peek(at.stable);
    expect(await setStableImage(api, change)).toEqual({ status: 'written' });
    expect(imagesOf(api)).toEqual(['envoy:1', newImage]);
    expect(api.peek(at.stable)?.metadata.annotations).toEqual({ ...before?.metadata.annotations, 'fence.sluice.dev/checkout': '7' });
  });

  it('writes nothing the second time', async () => {
    const api = new FakeKubernetes(stableDeployment());
    await setStableImage(api, change);
    const written = api.writes.length;
    expect(await setStableImage(api, change)).toEqual({ status: 'unchanged' });
    expect(api.writes).toHaveLength(written);
  });

  it('tells of an image that somebody else put there, and leaves it', async () => {
    const api = new FakeKubernetes(stableDeployment({ pod: { containers: [{ name: 'app', image: 'hotfix:1' }] } }));
    expect(await setStableImage(api, change)).toEqual({ status: 'edited', found: 'hotfix:1' });
    expect(api.writes).toEqual([]);
  });

  it('is refused by a newer fence', async () => {
    const api = new FakeKubernetes(stableDeployment());
    expect(await setStableImage(api, back)).toEqual({ status: 'unchanged' });
    expect(fenceOf(api)).toBe('8');
    await expect(setStableImage(api, change)).rejects.toThrow(FencedError);
    expect(imagesOf(api)).toEqual(['envoy:1', oldImage]);
  });

  it('is refused by a door that comes between its look and its write', async () => {
    const api = new FakeKubernetes(stableDeployment());
    api.beforeNextWrite = () => {
      api.put(stableDeployment({ metadata: { annotations: { 'fence.sluice.dev/checkout': '8' } } }));
    };
    await expect(setStableImage(api, change)).rejects.toThrow(FencedError);
    expect(imagesOf(api)).toEqual(['envoy:1', oldImage]);
  });

  it('finds the container again where somebody puts another one before it at the same moment', async () => {
    const api = new FakeKubernetes(stableDeployment());
    api.beforeNextWrite = () =>
      api.put(
        stableDeployment({
          pod: {
            containers: [
              { name: 'app', image: oldImage },
              { name: 'new', image: oldImage },
            ],
          },
        }),
      );
    expect(await setStableImage(api, change)).toEqual({ status: 'written' });
    expect(imagesOf(api)).toEqual([newImage, oldImage]);
  });

  it.each([
    ['before the first write', {}],
    ['after an earlier write under the same fence', { annotations: { 'fence.sluice.dev/checkout': '7' } }],
  ])('notices an edit at the same moment, %s', async (_what, metadata) => {
    const api = new FakeKubernetes(stableDeployment({ metadata }));
    api.beforeNextWrite = () =>
      api.put(stableDeployment({ metadata, pod: { containers: [{ name: 'sidecar' }, { name: 'app', image: 'hotfix:1' }] } }));
    expect(await setStableImage(api, change)).toEqual({ status: 'edited', found: 'hotfix:1' });
  });

  it.each([
    ['the Deployment', new FakeKubernetes()],
    ['the container', new FakeKubernetes(stableDeployment({ pod: { containers: [{ name: 'other' }] } }))],
  ])('says that %s is gone', async (_what, api) => {
    await expect(setStableImage(api, change)).rejects.toThrow(WorkloadRejectedError);
  });
});
