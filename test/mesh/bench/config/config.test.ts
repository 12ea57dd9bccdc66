import { describe, expect, it } from 'vitest';
import { RawApi } from '../api/raw-api.ts';
import { secretsSocket } from '../mtls/agent.ts';
import { partsOf } from '../supervisor/parts.ts';
import { processNames } from '../types.ts';
import { envoyBootstrap, gatewaySetup, sidecarSetup } from './envoy.ts';
import { groundObjects, meshObjects, proxyPodStatuses } from './objects.ts';
import { plan } from './plan-for-tests.ts';

describe('what the parts of bench 3 are started with', () => {
  it.each([
    ['gateway', gatewaySetup(plan), 'router~198.18.48.2~gateway.istio-system~istio-system.svc.cluster.local', 15_000],
    ['sidecar', sidecarSetup(plan), 'sidecar~198.18.48.3~client.mesh-client~mesh-client.svc.cluster.local', 15_001],
  ])('tells istiod by its node id which Envoy the %s is', (_, setup, id, port_value) => {
    expect(envoyBootstrap(setup, plan)).toMatchObject({
      node: { id, metadata: { LABELS: setup.labels, INSTANCE_IPS: setup.address } },
      admin: { address: { socket_address: { address: '127.18.3.1', port_value } } },
    });
  });

  it('has both Envoys as ready pods at their addresses, which no kubelet of the bench runs', () => {
    const pods = groundObjects(plan).filter(({ kind }) => kind === 'Pod');
    expect(pods.map(({ spec }) => spec)).toMatchObject([{ nodeName: 'proxies' }, { nodeName: 'proxies' }]);
    expect(proxyPodStatuses(plan).map(({ status }) => status)).toMatchObject([{ podIP: '198.18.48.2' }, { podIP: '198.18.48.3' }]);
  });

  it('lets the gateway ask an agent for certificates, in the folder of the run', () => {
    const text = JSON.stringify(envoyBootstrap(gatewaySetup(plan), plan));
    const { cwd, environment, args } = partsOf(plan, new RawApi({ url: 'https://127.0.0.1:1' }))['gateway-agent'];
    expect(text).toContain(`{"pipe":{"path":"gateway-agent/${secretsSocket}"}}`);
    expect(cwd).toBe('/runs/3/gateway-agent');
    expect(environment).toMatchObject({ SERVICE_ACCOUNT: 'gateway', CA_ADDR: '127.18.3.1:15012' });
    expect(args.slice(0, 2)).toEqual(['proxy', 'router']);
  });

  it('listens at no address but its own', () => {
    const texts = [meshObjects(plan), ...Object.values(partsOf(plan, new RawApi({ url: 'https://127.0.0.1:1' })))].map((each) =>
      JSON.stringify(each),
    );
    const addresses = new Set(texts.join('\n').match(/\b\d+\.\d+\.\d+\.\d+\b/g));
    expect(addresses).toEqual(new Set(['127.0.0.1', '127.18.3.1', '198.18.48.2', '198.18.48.3', '10.96.0.0']));
  });

  it('names a file of the run to every part, by which a later run knows its processes', () => {
    const parts = partsOf(plan, new RawApi({ url: 'https://127.0.0.1:1' }));
    expect(Object.keys(parts)).toEqual([...processNames]);
    for (const { args } of Object.values(parts)) expect(args.some((arg) => arg.includes('/runs/3/'))).toBe(true);
  });
});
