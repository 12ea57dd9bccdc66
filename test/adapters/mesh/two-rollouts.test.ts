import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesApi, ResourceRef, RouteTarget, WriteRole } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import type { FakeKubernetes } from '../../fakes/kubernetes-api.ts';
import * as gateway from './gateway-api/gateway-routes.ts';
import * as istio from './istio/virtual-services.ts';

const shape: TrafficShape = {
  match: [{ header: { name: 'x-team', exact: 'yes' } }],
  affinity: { cookie: 'side', maxAgeSeconds: 60 },
};
const cartOf = (target: RouteTarget): RouteTarget => ({
  ...target,
  rollout: 'cart',
  stableService: 'cart',
  canaryService: 'cart-canary',
});

interface Mesh {
  readonly kind: 'istio' | 'gatewayApi';
  readonly target: RouteTarget;
  readonly ref: ResourceRef;
  readonly api: () => Promise<FakeKubernetes>;
}

const meshes: readonly Mesh[] = [
  {
    kind: 'istio',
    target: istio.target,
    ref: istio.refTo('checkout'),
    api: () =>
      istio.clusterWith(
        istio.virtualService('checkout', [istio.foreignRule, { name: 'main', route: [istio.to('checkout', 50), istio.to('cart', 50)] }]),
      ),
  },
  {
    kind: 'gatewayApi',
    target: gateway.target,
    ref: gateway.refTo('checkout'),
    api: () =>
      gateway.clusterWith(
        gateway.route('checkout', [
          gateway.foreignRule,
          { name: 'main', matches: [gateway.prefix('/')], backendRefs: [gateway.to('checkout', 50), gateway.to('cart', 50)] },
        ]),
      ),
  },
];

describe.each(meshes)('T5: two rollouts with shapes in one rule of $kind', ({ kind, target, ref, api: open }) => {
  const specOf = async (api: KubernetesApi) => (await api.read(ref))?.['spec'];

  it.each([
    ['the first', 'the second', ['checkout', 'cart']],
    ['the second', 'the first', ['cart', 'checkout']],
  ] as const)('both move, are tried again without a change, and %s leaves while %s is in the middle', async (_a, _b, order) => {
    const api = await open();
    const before = await specOf(api);
    const router = createRouter(kind, api);
    const targets: Record<string, RouteTarget> = { checkout: target, cart: cartOf(target) };
    const of = (name: string): RouteTarget => targets[name] ?? target;
    const write = (name: string, weight: number, role: WriteRole, fence = 1) =>
      router.write(of(name), { split: splitAt(weight, 100), fence, role, ...(role === 'owner' ? { shape } : {}) });
    const [first, second] = order;
    for (const name of ['checkout', 'cart']) await write(name, 0, 'claim');
    for (const weight of [20, 40]) for (const name of ['checkout', 'cart']) await write(name, weight, 'owner');
    const written = api.writes.length;
    for (const name of ['checkout', 'cart']) await write(name, 40, 'owner');
    expect(api.writes).toHaveLength(written);
    await write(first, 0, 'door', 2);
    await router.removeCanary(of(first), 2);
    const text = JSON.stringify(await specOf(api));
    expect(text).not.toContain(`sluice-${first}-`);
    expect(text).not.toContain(`${first}-canary"`);
    expect(text.split(`sluice-${second}-`)).toHaveLength(4);
    expect(await router.read(of(second))).toMatchObject([{ split: splitAt(40, 100), fence: 1 }]);
    await write(second, 60, 'owner');
    await write(second, 0, 'door', 2);
    await router.removeCanary(of(second), 2);
    expect(await specOf(api)).toEqual(before);
  });
});
