import { describe, expect, it } from 'vitest';
import { deployment, deploymentRef, ref, service, withCluster } from './cluster-for-tests.ts';

const slicesRef = ref('discovery.k8s.io/v1', 'endpointslices', '');
const ofCheckout = 'kubernetes.io/service-name=checkout';

const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: 'checkout' } },
  spec: { containers: [{ name: 'shop', image: 'shop:1' }] },
});

describe('the EndpointSlices of a Service', () => {
  it('are one empty slice while no pod stands behind it', () =>
    withCluster(async ({ cluster, pass }) => {
      cluster.apply(service('checkout'));
      await pass(10);
      expect(cluster.list(slicesRef, ofCheckout)).toEqual([expect.objectContaining({ addressType: 'IPv4', endpoints: [], ports: [] })]);
    }));

  it('list each pod with its real address and port, ready or not', () =>
    withCluster(async ({ cluster, pass, started }) => {
      cluster.apply(service('checkout'));
      cluster.apply(deployment('checkout'));
      cluster.apply(deployment('basket'));
      await pass(10);
      const expected = (ready: boolean) =>
        [0, 1].map((index) => ({ podName: started[index], address: '127.0.0.1', port: 20_001 + index, ready }));
      expect(cluster.endpoints('shop', 'checkout')).toEqual(expected(false));
      await pass(1000);
      expect(cluster.endpoints('shop', 'checkout')).toEqual(expected(true));
    }));

  it('have the ports of the Service by name, and tell which pod each endpoint is', () =>
    withCluster(async ({ cluster, pass, started }) => {
      cluster.apply(service('checkout'));
      cluster.apply(deployment('checkout', { replicas: 1 }));
      await pass(2000);
      expect(cluster.list(slicesRef, ofCheckout)).toEqual([
        expect.objectContaining({
          endpoints: [
            {
              addresses: ['127.0.0.1'],
              conditions: { ready: true, serving: true, terminating: false },
              targetRef: expect.objectContaining({ kind: 'Pod', name: started[0] }),
            },
          ],
          ports: [{ name: 'http', protocol: 'TCP', port: 20_001 }],
        }),
      ]);
    }));

  it('share a slice where pods share a port', () =>
    withCluster(
      async ({ cluster, pass }) => {
        cluster.apply(service('checkout'));
        cluster.apply(deployment('checkout'));
        await pass(2000);
        expect(cluster.list(slicesRef, ofCheckout)).toHaveLength(1);
        expect(cluster.endpoints('shop', 'checkout')).toHaveLength(2);
      },
      { startPod: async () => ({ address: '127.0.0.1', port: 8080 }) },
    ));

  it('follow the selector, the pods and the Service', () =>
    withCluster(async ({ cluster, pass }) => {
      cluster.apply(service('checkout'));
      cluster.apply(deployment('checkout'));
      cluster.apply(deployment('basket', { replicas: 3 }));
      await pass(2000);
      cluster.patch(ref('v1', 'services', 'checkout'), { spec: { selector: { app: 'basket' } } });
      await pass(10);
      expect(cluster.endpoints('shop', 'checkout')).toHaveLength(3);
      cluster.patch(ref('apps/v1', 'deployments', 'basket'), { spec: { replicas: 0 } });
      await pass(10);
      expect(cluster.endpoints('shop', 'checkout')).toEqual([]);
      cluster.delete(ref('v1', 'services', 'checkout'));
      expect(cluster.list(slicesRef)).toEqual([]);
    }));

  it('lose a pod whose labels no longer match', () =>
    withCluster(async ({ cluster, pass, started }) => {
      cluster.apply(service('checkout'));
      cluster.apply(deployment('checkout'));
      await pass(2000);
      cluster.patch(ref('v1', 'pods', started[0] ?? ''), { metadata: { labels: { app: 'debug' } } });
      await pass(10);
      expect(cluster.endpoints('shop', 'checkout').map(({ podName }) => podName)).toEqual([started[1]]);
    }));

  it('tell what becomes ready before what ceases to be', () =>
    withCluster(
      async ({ cluster, pass }) => {
        cluster.apply(service('checkout'));
        for (const name of ['a', 'b', 'c']) cluster.apply(pod(name));
        await pass(4000);
        const readyCounts: number[] = [];
        cluster.onChange(() => readyCounts.push(cluster.endpoints('shop', 'checkout').filter(({ ready }) => ready).length));
        await pass(2000);
        expect(Math.min(...readyCounts)).toBe(1);
        expect(readyCounts.at(-1)).toBe(1);
      },
      {
        behaviour: ({ metadata }) =>
          metadata.name === 'b' ? { readyAfterMs: 5000 } : { readyAfterMs: 1000, crashAfterMs: 5000 - (metadata.name === 'a' ? 0 : 2000) },
      },
    ));

  it('drop a pod before what stands behind it is stopped', () =>
    withCluster(async ({ cluster, pass, stopped }) => {
      cluster.apply(service('checkout'));
      cluster.apply(deployment('checkout'));
      await pass(2000);
      cluster.patch(deploymentRef, { spec: { replicas: 1 } });
      await pass(100);
      expect(cluster.endpoints('shop', 'checkout')).toHaveLength(1);
      expect(stopped).toEqual([]);
    }));
});
