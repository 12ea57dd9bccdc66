import { describe, expect, it } from 'vitest';
import { fenceOf } from '../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { restoreTraffic, restoreTrafficWithoutStore } from '../../../runtime/acts/restore-traffic.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import {
  clusterWith,
  mainRule,
  refTo,
  replaceRules,
  routeOf,
  target,
  to,
  virtualService,
} from '../../adapters/mesh/istio/virtual-services.ts';

const two: RouteTarget = { ...target, routes: [...target.routes, { virtualService: 'internal', http: 'main' }] };
const log = createMemoryLog();

/** A rollout at weight 50 on both VirtualServices, under a fence. */
async function halfWay(fence = 1) {
  const api = await clusterWith(
    virtualService('checkout', [mainRule]),
    virtualService('internal', [{ name: 'main', route: [to('checkout')] }]),
  );
  const router = createRouter('istio', api);
  await router.write(two, { split: splitAt(0, 100), fence, role: 'claim' });
  await router.write(two, { split: splitAt(50, 100), fence, role: 'owner' });
  return { api, place: { api, kind: 'istio' as const, router, target: two } };
}

const fenceOn = async (api: KubernetesApi, name: string) => {
  const object = await api.read(refTo(name));
  return object === undefined ? undefined : fenceOf(object, 'checkout');
};

describe('T2: the safe split without the store', () => {
  it('is written on every route, under a fence beyond the newest', async () => {
    const { api, place } = await halfWay(7);
    expect(await restoreTrafficWithoutStore({ log }, place, 0, 'stable')).toMatchObject({ side: 'stable', fence: 8 });
    expect(await Promise.all(['checkout', 'internal'].map((name) => fenceOn(api, name)))).toEqual([8, 8]);
  });

  it('is where the record said: on the canary while stable is being replaced', async () => {
    const { api, place } = await halfWay();
    expect(await restoreTrafficWithoutStore({ log }, place, 1, 'canary')).toMatchObject({ side: 'canary', fence: 2 });
    expect(await routeOf(api)).toMatchObject([{ weight: 0 }, { weight: 100 }]);
  });

  it.each(['checkout', 'internal'])('is written on the other route where %s is gone, and then it says which is missing', async (gone) => {
    const { api, place } = await halfWay();
    api.drop(refTo(gone));
    await expect(restoreTrafficWithoutStore({ log }, place, 1, 'stable')).rejects.toThrow(`There is no VirtualService shop/${gone}`);
    const left = gone === 'checkout' ? 'internal' : 'checkout';
    expect(await routeOf(api, 0, left)).toMatchObject([{ weight: 100 }, { weight: 0 }]);
    expect(await fenceOn(api, left)).toBe(2);
  });

  it('goes beyond the fence on a route that somebody made unsteerable, too', async () => {
    const { api, place } = await halfWay(7);
    const route = [to('checkout', 50), to('checkout-canary', 50)];
    for (const name of ['checkout', 'internal']) await replaceRules(api, name, [{ name: 'renamed', route }]);
    await expect(restoreTrafficWithoutStore({ log }, place, 0, 'stable')).rejects.toThrow(RouteRejectedError);
    expect(await Promise.all(['checkout', 'internal'].map((name) => fenceOn(api, name)))).toEqual([8, 8]);
    expect(await routeOf(api)).toMatchObject([{ weight: 100 }, { weight: 0 }]);
  });
});

describe('T3: the safe split with the store', () => {
  it('goes beyond a newer fence also where one of the routes is gone', async () => {
    const { api, place } = await halfWay(7);
    api.drop(refTo('checkout'));
    const asked: number[] = [];
    const raise = async (atLeast: number) => {
      asked.push(atLeast);
      return atLeast;
    };
    await expect(restoreTraffic({ log }, place, 'stable', 2, raise)).rejects.toThrow('There is no VirtualService shop/checkout');
    expect([asked, await fenceOn(api, 'internal')]).toEqual([[8], 8]);
  });
});
