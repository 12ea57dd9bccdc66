import { describe, expect, it } from 'vitest';
import { deployment, deploymentRef, ref, service, withCluster } from './cluster-for-tests.ts';

const slicesRef = ref('discovery.k8s.io/v1', 'endpointslices', '');
const ofCheckout = 'kubernetes.io/service-name=checkout';

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
