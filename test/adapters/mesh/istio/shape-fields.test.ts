import { describe, expect, it } from 'vitest';
import { beforeAnnotation } from '../../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import { beta, door, edit, main, resilient, step, stepped, sticky } from './shapes-for-tests.ts';
import { clusterWith, type Rule, refTo, rulesOf, target, to, virtualService } from './virtual-services.ts';

describe('retries and time-outs', () => {
  it.each<[string, TrafficShape, Rule]>([
    ['both', resilient, { timeout: '5s', retries: { attempts: 2, retryOn: '503,reset' } }],
    [
      'with the time of one try',
      { resilience: { retries: { attempts: 1, on: ['5xx'], perTryTimeoutSeconds: 2 } } },
      { retries: { attempts: 1, perTryTimeout: '2s', retryOn: '5xx' } },
    ],
    [
      'no retries at all, beside which Istio allows nothing',
      { resilience: { retries: { attempts: 0, on: ['5xx'], perTryTimeoutSeconds: 2 } } },
      { retries: { attempts: 0 } },
    ],
  ])('are written as Istio has them: %s', async (_what, shape, fields) => {
    const { api } = await stepped([main], step(0, shape));
    expect(await rulesOf(api)).toStrictEqual([{ ...main, ...fields }]);
  });

  const own = { timeout: '2s', retries: { attempts: 9 } };
  it.each<[string, Rule, Rule]>([
    ['what somebody edited meanwhile', { timeout: '1s' }, { ...own, timeout: '1s' }],
    ['what somebody edited meanwhile in another field', { corsPolicy: { maxAge: '1h' } }, { ...own, corsPolicy: { maxAge: '1h' } }],
    ['what somebody put back', { timeout: '2s' }, own],
  ])('T5: a door leaves %s', async (_what, changes, expected) => {
    const { api, router } = await stepped([{ ...main, ...own }], step(10, resilient));
    for (const [field, value] of Object.entries(changes)) await edit(api, `0/${field}`, value);
    await router.write(target, step(20, resilient));
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([{ ...main, ...expected }]);
  });

  it('are written again where somebody put back what was there, and not where they wrote something else', async () => {
    const { api, router } = await stepped([{ ...main, ...own }], step(10, resilient));
    await edit(api, '0/timeout', '2s');
    await edit(api, '0/retries', { attempts: 1 });
    await router.write(target, step(20, resilient));
    expect(await rulesOf(api)).toMatchObject([{ timeout: '5s', retries: { attempts: 1 } }]);
  });

  it('that were as asked before stay as they are', async () => {
    const { api, router } = await stepped([{ ...main, timeout: '5s' }], step(10, { resilience: { timeoutSeconds: 5 } }));
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([{ ...main, timeout: '5s' }]);
  });

  it('that somebody adds between the read and the patch are not overwritten unseen', async () => {
    const { api } = await stepped([main], step(10, {}));
    const racing = overtaken(api, () => edit(api, '0/timeout', '1s'));
    const router = createRouter('istio', racing);
    await router.write(target, step(10, resilient));
    expect(racing.results).toEqual(['conflict', 'written']);
    await router.write(target, door);
    expect(await rulesOf(api)).toMatchObject([{ timeout: '1s' }]);
  });
});

describe('what is remembered of a rule', () => {
  const annotation = beforeAnnotation('checkout');
  const memory = async (api: KubernetesApi) =>
    JSON.parse((await api.read(refTo('checkout')))?.metadata.annotations?.[annotation] ?? 'null');

  it('is its destinations, and the fields that were written while they are', async () => {
    const { api, router } = await stepped([{ ...main, timeout: '2s' }], step(10, resilient));
    expect(await memory(api)).toEqual({
      main: {
        route: [to('checkout')],
        fields: { timeout: { was: '2s', wrote: '5s' }, retries: { wrote: { attempts: 2, retryOn: '503,reset' } } },
      },
    });
    await router.write(target, door);
    expect(await memory(api)).toEqual({ main: [to('checkout')] });
  });

  it('O6: may have been written by the version before, which knew of destinations only', async () => {
    const rule = { ...main, timeout: '2s', route: [to('checkout', 75), to('checkout-canary', 25)] };
    const api = await clusterWith(
      virtualService('checkout', [rule], {
        'fence.sluice.dev/checkout': '1',
        [annotation]: JSON.stringify({ main: [to('checkout')] }),
      }),
    );
    const router = createRouter('istio', api);
    expect(await router.read(target)).toMatchObject([{ fence: 1, split: { canary: 25 } }]);
    await router.write(target, step(50, { ...beta, ...sticky, ...resilient }));
    expect(await router.read(target)).toMatchObject([{ fence: 1, split: { canary: 50 } }]);
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([{ ...main, timeout: '2s' }]);
  });

  it('can be lost, and all is taken away but what only it could tell', async () => {
    const { api, router } = await stepped([main], step(10, { ...beta, ...sticky, ...resilient, mirrorWeight: 10 }));
    await api.write({ mergePatch: refTo('checkout'), patch: { metadata: { annotations: { [annotation]: null } } } });
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([
      { name: 'main', route: [to('checkout', 100)], timeout: '5s', retries: { attempts: 2, retryOn: '503,reset' } },
    ]);
  });
});
