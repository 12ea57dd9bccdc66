import { createKubernetesClient } from '../../adapters/eks/kubernetes-client.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';

/** Any that looks like EKS's will do. */
export const token = 'k8s-aws-v1.test';

/** The sandbox's cluster, whose pods do nothing, behind Sluice's own client. */
export async function startHttpCluster() {
  const clock = new VirtualClock();
  const cluster = await startKubernetes({
    clock,
    startPod: async () => ({ address: '127.0.0.1', port: 1 }),
    stopPod: async () => undefined,
  });
  const endpoint = { name: 'shop-production', endpoint: cluster.url, certificateAuthority: '' };
  return {
    url: cluster.url,
    api: createKubernetesClient({ endpoint, clock, token: async () => token }),
    close: async () => {
      await cluster.close();
      clock.stop();
    },
  };
}
