import { describe, expect, it } from 'vitest';
import { readReadiness } from '../../../../adapters/eks/workload/readiness.ts';
import { readReadyEndpoints } from '../../../../adapters/eks/workload/ready-endpoints.ts';
import { ClusterUnavailableError } from '../../../../core/errors.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { oldImage, stableDeployment } from './manifests.ts';

const settledStatus = { observedGeneration: 1, replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4 };
const of = { namespace: 'shop', service: 'checkout', deployment: 'checkout', container: 'app' };

const withStatus = (status: Record<string, unknown>): KubernetesObject => ({ ...stableDeployment(), status });

function slice(name: string, endpoints: unknown, serviceName = 'checkout'): KubernetesObject {
  const labels = { 'kubernetes.io/service-name': serviceName };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name, namespace: 'shop', labels }, endpoints };
}

const endpoint = (uid: string, conditions?: unknown) => ({ addresses: [`10.0.0.${uid}`], targetRef: { kind: 'Pod', uid }, conditions });

function pod(
  name: string,
  waiting: { reason: string; message?: string },
  labels: Record<string, string> = {},
  image = oldImage,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: { app: 'checkout', 'sluice.dev/side': 'stable', ...labels } },
    spec: { containers: [{ name: 'app', image }] },
    status: { containerStatuses: [{ name: 'app', state: { waiting } }] },
  };
}

describe('ready endpoints', () => {
  it('are counted over all slices of the Service', async () => {
    const api = new FakeKubernetes(
      slice('a', [endpoint('1', { ready: true }), endpoint('2', { ready: false })]),
      slice('b', [endpoint('3', { ready: true })]),
      slice('c', [endpoint('4', { ready: true })], 'checkout-canary'),
    );
    expect(await readReadyEndpoints(api, 'shop', 'checkout')).toBe(2);
  });

  it.each([
    ['no slice', [], 0],
    ['an empty slice, which the API writes as null', [slice('a', null)], 0],
    [
      'a pod with two addresses, in two slices',
      [slice('v4', [endpoint('1')]), slice('v6', [{ ...endpoint('1'), addresses: ['fd00::1'] }])],
      1,
    ],
    [
      'a readiness that is not known, which counts as ready',
      [slice('a', [endpoint('1'), endpoint('2', {}), endpoint('3', { ready: null })])],
      3,
    ],
    ['endpoints that are no pods', [slice('a', [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] }])], 2],
  ])('with %s', async (_what, slices, expected) => {
    expect(await readReadyEndpoints(new FakeKubernetes(...slices), 'shop', 'checkout')).toBe(expected);
  });
});

describe('the readiness of a side', () => {
  it('tells how far its pods are, and what they run', async () => {
    const api = new FakeKubernetes(withStatus({ ...settledStatus, readyReplicas: 3, updatedReplicas: 2 }), slice('a', [endpoint('1')]));
    expect(await readReadiness(api, of)).toEqual({
      desired: 4,
      updated: 2,
      ready: 3,
      readyEndpoints: 1,
      image: oldImage,
      settled: false,
      crashing: undefined,
      restarts: 0,
    });
  });

  describe('counts restarts', () => {
    const restarted = (name: string, restartCount: number, labels: Record<string, string> = {}) => {
      const object = pod(name, { reason: 'ContainerCreating' }, labels);
      return {
        ...object,
        status: {
          containerStatuses: [
            { name: 'app', restartCount, state: {} },
            { name: 'proxy', state: {} },
          ],
        },
      };
    };
    const pods = [restarted('checkout-x', 2), restarted('checkout-y', 1), restarted('canary-x', 9, { 'sluice.dev/side': 'canary' })];

    it('of all containers of its own pods, settled or not', async () => {
      const api = new FakeKubernetes(withStatus(settledStatus), ...pods);
      expect(await readReadiness(api, { ...of, countRestarts: true })).toMatchObject({ settled: true, crashing: undefined, restarts: 3 });
    });

    it('of nothing where nobody asks and it is settled, or the pods may not be listed', async () => {
      const api = new FakeKubernetes(withStatus(settledStatus), ...pods);
      expect((await readReadiness(api, of)).restarts).toBeUndefined();
      api.forbid('pods');
      expect((await readReadiness(api, { ...of, countRestarts: true })).restarts).toBeUndefined();
    });
  });

  it('is settled when every pod is of the last change, ready and available', async () => {
    expect(await readReadiness(new FakeKubernetes(withStatus(settledStatus)), of)).toMatchObject({ settled: true });
  });

  it.each([
    ['the controller has not seen the last change', { observedGeneration: 0 }],
    ['a pod is of an older change', { updatedReplicas: 3 }],
    ['there are more pods than wanted', { replicas: 5 }],
    ['a pod is not ready', { readyReplicas: 3 }],
    ['a pod is not ready for long enough', { availableReplicas: 3 }],
    ['a pod is unavailable', { unavailableReplicas: 1 }],
  ])('is not settled while %s', async (_what, change) => {
    expect(await readReadiness(new FakeKubernetes(withStatus({ ...settledStatus, ...change })), of)).toMatchObject({ settled: false });
  });

  it('is not settled without a status', async () => {
    expect(await readReadiness(new FakeKubernetes(stableDeployment()), of)).toMatchObject({ settled: false, desired: 4, ready: 0 });
  });

  it('is that of nothing where there is no Deployment', async () => {
    expect(await readReadiness(new FakeKubernetes(), of)).toMatchObject({
      desired: 0,
      image: undefined,
      settled: false,
      crashing: expect.stringContaining('checkout'),
    });
  });

  it('does not guess where the API answers something else', async () => {
    const api = new FakeKubernetes({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' }, spec: {} });
    await expect(readReadiness(api, of)).rejects.toThrow(ClusterUnavailableError);
  });
});

describe('a side that crashes', () => {
  const crashing = async (...objects: readonly KubernetesObject[]) =>
    (await readReadiness(new FakeKubernetes(withStatus({ ...settledStatus, readyReplicas: 0 }), ...objects), of)).crashing;

  it.each(['CrashLoopBackOff', 'ImagePullBackOff', 'CreateContainerConfigError'])('names the pod, the container and %s', async (reason) => {
    expect(await crashing(pod('checkout-x', { reason, message: 'back-off 5m0s' }))).toBe(
      `Pod checkout-x, container app: ${reason}. back-off 5m0s`,
    );
  });

  it.each([
    ['a pod that is being created', pod('checkout-x', { reason: 'ContainerCreating' })],
    ["the other side's pod", pod('checkout-canary-x', { reason: 'CrashLoopBackOff' }, { 'sluice.dev/side': 'canary' })],
    ['a pod of another image', pod('checkout-old', { reason: 'CrashLoopBackOff' }, {}, 'registry.example/older')],
  ])('is not seen in %s', async (_what, object) => {
    expect(await crashing(object)).toBeUndefined();
  });

  it.each([
    [
      'a quota',
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
      'FailedCreate: exceeded quota',
    ],
    [
      'a deadline',
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
      'ProgressDeadlineExceeded: timed out',
    ],
  ])("is told by the Deployment's controller for %s, where pods may not be listed too", async (_what, condition, expected) => {
    const api = new FakeKubernetes(withStatus({ ...settledStatus, readyReplicas: 0, conditions: [condition] }));
    api.forbid('pods');
    expect((await readReadiness(api, of)).crashing).toBe(expected);
  });
});
