import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { restoreTraffic } from '../../../runtime/acts/restore-traffic.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import * as gateway from '../../adapters/mesh/gateway-api/gateway-routes.ts';
import * as istio from '../../adapters/mesh/istio/virtual-services.ts';

const log = createMemoryLog();

/** A rule that a third backend shares: stable and the canary have 10 of 100, so that no integers give the canary 75 of 100 of that. */
const meshes: [string, () => Promise<{ api: KubernetesApi; kind: 'istio' | 'gatewayApi'; target: RouteTarget }>][] = [
  [
    'gatewayApi',
    async () => {
      const rule = { name: 'main', backendRefs: [gateway.to('checkout', 10), gateway.to('legacy', 90)] };
      const api = await gateway.clusterWith(gateway.route('checkout', [rule]));
      return { api, kind: 'gatewayApi', target: { ...gateway.target, routes: [{ httpRoute: 'checkout', rule: 'main' }] } };
    },
  ],
  [
    'istio',
    async () => {
      const rule = { name: 'main', route: [istio.to('checkout', 10), istio.to('legacy', 90)] };
      const api = await istio.clusterWith(istio.virtualService('checkout', [rule]));
      return { api, kind: 'istio', target: istio.target };
    },
  ],
];

describe.each(meshes)('T2: a door to a stable that has lost its capacity, in a rule that cannot say the step back, of %s', (_, make) => {
  it('gives stable everything', async () => {
    const { api, kind, target } = await make();
    const router = createRouter(kind, api);
    await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    await router.write(target, { split: splitAt(100, 100), fence: 1, role: 'owner' });
    const readiness = Promise.resolve({ stable: 1, canary: 4 });
    const where = { api, kind, router, target };
    const restored = await restoreTraffic({ log }, where, 'stable', 2, async (atLeast) => atLeast, { readiness, beganWith: 4 });
    expect(restored).toMatchObject({ side: 'stable', split: { stable: 100, canary: 0 }, fence: 2 });
    expect((await router.read(target)).map(({ split, fence }) => [split.canary, fence])).toEqual([[0, 2]]);
  });
});
