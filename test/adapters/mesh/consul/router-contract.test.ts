import type { KubernetesApi } from '../../../../core/ports.ts';
import { startHttpCluster, token } from '../../../contract/http-cluster.ts';
import { type RouterForContract, trafficRouterContract } from '../../../contract/traffic-router.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { put, refTo, routerOn, splitter, synced, target, to } from './splitters.ts';

const headers = { requestHeaders: { set: { 'x-from': 'mesh' } }, responseHeaders: { remove: ['server'] } };

/** A splitter that two rollouts and somebody else share, and one of a single split. */
async function fill(api: KubernetesApi): Promise<Omit<RouterForContract, 'close'>> {
  const shared = [to('legacy', 20, { service: 'checkout-v1' }), to('v1', 30, headers), to('stable', 50, headers)];
  await put(api, splitter('checkout', shared));
  await put(api, splitter('checkout-internal', [to('stable', 100)]));
  return {
    api,
    routerOn,
    target: { ...target, routes: [{ serviceSplitter: 'checkout' }, { serviceSplitter: 'checkout-internal' }] },
    other: { ...target, rollout: 'cart', subsets: { host: 'checkout', stable: 'v1', canary: 'v2' } },
    objects: [refTo('checkout'), refTo('checkout-internal')],
  };
}

trafficRouterContract('Consul, in memory,', () => fill(new FakeKubernetes()));

trafficRouterContract('Consul, over HTTP,', async () => {
  const { api, close, url } = await startHttpCluster();
  const filled = await fill(api);
  // As consul-k8s does once Consul has taken them.
  for (const { name } of filled.objects) {
    const status = `${url}/apis/consul.hashicorp.com/v1alpha1/namespaces/shop/servicesplitters/${name}/status`;
    const headers = { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ status: synced });
    const answer = await fetch(status, { method: 'PATCH', headers, body });
    if (!answer.ok) throw new Error(`the status was not written: ${answer.status}`);
  }
  return { ...filled, close };
});
