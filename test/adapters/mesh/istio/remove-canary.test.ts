import { describe, expect, it } from 'vitest';
import { beforeAnnotation } from '../../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { WeightNotVerifiedError } from '../../../../core/errors.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import { clusterWith, type Rule, refTo, replaceRules, routeOf, target, to, virtualService } from './virtual-services.ts';

const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;

async function rolledBack(route: readonly Rule[], raisedTo = 50) {
  const api = await clusterWith(virtualService('checkout', [{ name: 'main', route }]));
  const router = createRouter('istio', api);
  await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  if (raisedTo > 0) await router.write(target, { split: splitAt(raisedTo, 100), fence: 1, role: 'owner' });
  await router.write(target, door);
  return { api, router };
}

const memory = async (api: KubernetesApi) => (await api.read(refTo('checkout')))?.metadata.annotations?.[beforeAnnotation('checkout')];

const editRoute = (api: KubernetesApi, route: readonly Rule[]) => replaceRules(api, 'checkout', [{ name: 'main', route }]);

describe('T4: a route without its canary', () => {
  it.each([
    ['without a weight', [to('checkout')]],
    ['with its weight', [to('checkout', 100)]],
    ['with a weight of its own kind', [to('checkout', 1)]],
  ])('is stable alone, %s as before', async (_what, route) => {
    const { api, router } = await rolledBack(route);
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual(route);
    expect(await memory(api)).toBeUndefined();
  });

  it('remembers what it was only until then', async () => {
    const { api, router } = await rolledBack([to('checkout')]);
    expect(JSON.parse((await memory(api)) ?? '')).toEqual({ main: [to('checkout')] });
    await router.removeCanary(target, 2);
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout')]);
  });

  it("T5: keeps what somebody changed in stable's entry meanwhile", async () => {
    const { api, router } = await rolledBack([to('checkout')]);
    const headers = { request: { set: { team: 'shop' } } };
    await editRoute(api, [to('checkout', 100, { headers }), to('checkout-canary', 0)]);
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout', undefined, { headers })]);
  });

  it('keeps an edit that comes between the read and the patch', async () => {
    const { api } = await rolledBack([to('checkout')]);
    const headers = { request: { set: { team: 'shop' } } };
    const racing = overtaken(api, () => editRoute(api, [to('checkout', 100, { headers }), to('checkout-canary', 0)]));
    await createRouter('istio', racing).removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout', undefined, { headers })]);
  });

  it('is refused where the canary gets weight between the read and the patch', async () => {
    const { api } = await rolledBack([to('checkout')]);
    const racing = overtaken(api, () => editRoute(api, [to('checkout', 40), to('checkout-canary', 60)]));
    await expect(createRouter('istio', racing).removeCanary(target, 2)).rejects.toThrow(WeightNotVerifiedError);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 40), to('checkout-canary', 60)]);
  });

  it('tells how much weight the canary has where it is refused', async () => {
    const { router } = await rolledBack([to('checkout')], 100);
    await router.write(target, { ...door, split: splitAt(100, 100), fence: 3 });
    await expect(router.removeCanary(target, 3)).rejects.toThrow(
      'VirtualService shop/checkout, http route main still gives the canary 100 of 100',
    );
  });

  it('T3: never gives back a weight that the canary had before the rollout', async () => {
    const { api, router } = await rolledBack([to('checkout', 50), to('checkout-canary', 50)], 0);
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 100)]);
    expect(await router.read(target)).toMatchObject([{ split: { stable: 100, canary: 0 } }]);
  });

  it('leaves out a canary that stood there before with weight 0, because its Service goes', async () => {
    const { api, router } = await rolledBack([to('checkout', 100), to('checkout-canary', 0)]);
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 100)]);
  });

  it.each([
    ['is gone', undefined],
    ['is no JSON', '{'],
    ['has another shape', '{"main":"everywhere"}'],
  ])('has its whole weight written out where the memory of it %s', async (_what, text) => {
    const { api, router } = await rolledBack([to('checkout')]);
    await api.write({
      mergePatch: refTo('checkout'),
      patch: { metadata: { annotations: { [beforeAnnotation('checkout')]: text ?? null } } },
    });
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 100)]);
    expect(await memory(api)).toBeUndefined();
  });

  it('is left alone where somebody took the canary out already', async () => {
    const { api, router } = await rolledBack([to('checkout')]);
    await editRoute(api, [to('checkout')]);
    await router.removeCanary(target, 2);
    expect(await routeOf(api)).toStrictEqual([to('checkout')]);
  });

  it('is what the first claim found, where a second one came before it was given back', async () => {
    const { api, router } = await rolledBack([to('checkout')]);
    await router.write(target, { split: splitAt(0, 100), fence: 3, role: 'claim' });
    await router.removeCanary(target, 3);
    expect(await routeOf(api)).toStrictEqual([to('checkout')]);
  });
});
