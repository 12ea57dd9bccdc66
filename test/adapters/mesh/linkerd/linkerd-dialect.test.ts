import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import type { ResourceRef } from '../../../../core/ports.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, edge, inMesh, mainRule, type Rule, route, rulesOf, service, target } from '../gateway-api/gateway-routes.ts';

const claim = { split: splitAt(0, 100), fence: 1, role: 'claim' } as const;

async function clusterOf(parentRefs: readonly Rule[] = [{ ...inMesh, group: 'core' }]) {
  const api = await clusterWith(route('checkout', [mainRule], { parentRefs }), service('checkout'));
  return { api, router: createRouter('linkerd', api) };
}

function profile(namespace: string, name = `checkout.${namespace}.svc.cluster.local`): ResourceRef {
  return { apiVersion: 'linkerd.io/v1alpha2', resource: 'serviceprofiles', namespace, name };
}

describe('routes that Linkerd obeys', () => {
  it('have a Service as parent', async () => {
    const { api, router } = await clusterOf();
    await router.write(target, claim);
    await router.write(target, {
      split: splitAt(25, 100),
      fence: 1,
      role: 'owner',
      shape: { match: [{ header: { name: 'x-beta', regex: 'a|ab' } }] },
    });
    expect(await rulesOf(api)).toMatchObject([
      { name: 'sluice-checkout-match', matches: [{ headers: [{}, { type: 'RegularExpression', value: '^(?:a|ab)$' }] }, {}] },
      { name: 'main', backendRefs: [{ weight: 75 }, { weight: 25 }] },
    ]);
  });

  it('with none but a Gateway, a rollout does not begin', async () => {
    const { router } = await clusterOf([edge]);
    const asked = router.write(target, claim);
    await expect(asked).rejects.toThrow(RouteRejectedError);
    await expect(asked).rejects.toThrow('HTTPRoute shop/checkout has no Service as parent');
    expect(await router.inspect(target, { weights: [5], shapes: [] })).toMatchObject([
      { severity: 'refusal', remedy: expect.stringContaining('kind: Service') },
    ]);
  });

  it('but a rollback is not asked for it', async () => {
    const { api, router } = await clusterOf();
    await router.write(target, claim);
    await router.write(target, { split: splitAt(25, 100), fence: 1, role: 'owner' });
    await api.write({
      mergePatch: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes', namespace: 'shop', name: 'checkout' },
      patch: { spec: { parentRefs: [edge] } },
    });
    await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
    expect(await router.read(target)).toMatchObject([{ split: { canary: 0 }, fence: 2 }]);
  });

  it.each<TrafficShape>([{ mirrorWeight: 5 }, { affinity: { cookie: 'side', maxAgeSeconds: 60 } }])('do not do %j', async (shape) => {
    const { router } = await clusterOf();
    await router.write(target, claim);
    await expect(router.write(target, { split: splitAt(0, 100), fence: 1, role: 'owner', shape })).rejects.toThrow(
      'Linkerd copies no requests, and keeps no user on a side',
    );
  });
});

describe('a ServiceProfile', () => {
  const object = (ref: ResourceRef) => ({ apiVersion: ref.apiVersion, kind: 'ServiceProfile', metadata: { name: ref.name }, spec: {} });

  it('of the parent overrides the route, and is a refusal', async () => {
    const { api, router } = await clusterOf();
    const ref = profile('shop');
    await api.write({ create: ref, object: object(ref) });
    expect(await router.inspect(target, { weights: [5], shapes: [] })).toMatchObject([
      {
        severity: 'refusal',
        subject: 'ServiceProfile shop/checkout.shop.svc.cluster.local',
        message: expect.stringContaining('overrides every route of the Service checkout'),
      },
    ]);
  });

  it('of another Service, or none at all, is no concern', async () => {
    const { api, router } = await clusterOf();
    const ref = profile('shop', 'cart.shop.svc.cluster.local');
    await api.write({ create: ref, object: object(ref) });
    expect(await router.inspect(target, { weights: [5], shapes: [] })).toEqual([]);
  });

  it('that may not be read is said', async () => {
    const { api, router } = await clusterOf();
    api.forbid('serviceprofiles');
    expect(await router.inspect(target, { weights: [5], shapes: [] })).toMatchObject([
      { severity: 'unread', remedy: 'Allow get on serviceprofiles.linkerd.io in shop.' },
    ]);
  });
});
