import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../core/errors.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import * as consul from './consul/splitters.ts';
import * as gateway from './gateway-api/gateway-routes.ts';
import * as istio from './istio/virtual-services.ts';

const claim = { split: splitAt(0, 100), fence: 1, role: 'claim' } as const;
const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;
const subset = { destination: { host: 'checkout', subset: 'v1' } };
const refused = { conditions: [{ type: 'Synced', status: 'False', reason: 'ConsulAgentError' }] };

const meshes = {
  istio: async () => ({
    target: istio.target,
    api: await istio.clusterWith(istio.virtualService('checkout', [{ name: 'main', route: [subset] }])),
  }),
  gatewayApi: async () => ({
    target: gateway.target,
    api: await gateway.clusterWith(gateway.route('checkout', [gateway.mainRule], { status: undefined })),
  }),
  linkerd: async () => ({ target: gateway.target, api: await gateway.clusterWith(gateway.route('checkout', [gateway.mainRule])) }),
  consul: async () => ({
    target: consul.target,
    api: await consul.clusterWith(consul.splitter('checkout', [consul.to('stable', 100)], refused)),
  }),
} as const;

describe('T2: the rollback of a rollout whose claim was refused', () => {
  it.each(['istio', 'gatewayApi', 'linkerd', 'consul'] as const)('reads back, and ends, in %s', async (kind) => {
    const { api, target } = await meshes[kind]();
    const router = createRouter(kind, api);
    await expect(router.write(target, claim)).rejects.toThrow(RouteRejectedError);
    await router.write(target, door);
    expect(await router.read(target)).toMatchObject([{ split: splitAt(0, 100), fence: 2 }]);
    await router.removeCanary(target, 2);
    expect(await router.read(target)).toMatchObject([{ split: splitAt(0, 100), fence: 2 }]);
  });
});
