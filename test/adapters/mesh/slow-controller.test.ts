import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { FencedError, WeightNotVerifiedError } from '../../../core/errors.ts';
import type { KubernetesApi, ResourceRef } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { at } from '../../contract/router-hand.ts';
import * as consul from './consul/splitters.ts';
import * as gateway from './gateway-api/gateway-routes.ts';

const generationOf = (object: { readonly metadata: { readonly generation?: number } }) => object.metadata.generation ?? 0;

/** A cluster whose controller looks at each new generation of a route so many seconds after it was written. */
function lagging(api: KubernetesApi, clock: VirtualClock, seconds: number) {
  const seenAtMs = new Map<string, number>();
  let reads = 0;
  const view: KubernetesApi = {
    read: async (ref: ResourceRef) => {
      const object = await api.read(ref);
      if (object === undefined) return undefined;
      reads += 1;
      const generation = generationOf(object);
      const key = `${ref.name} ${generation}`;
      if (!seenAtMs.has(key)) seenAtMs.set(key, clock.now() + (generation === 1 ? 0 : seconds * 1000));
      const isSeen = clock.now() >= (seenAtMs.get(key) ?? 0);
      const observedGeneration = isSeen ? generation : generation - 1;
      return { ...object, status: gateway.accepted([gateway.edge], { observedGeneration }) };
    },
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
  return { view, reads: () => reads };
}

async function claimed(seconds: number) {
  const clock = new VirtualClock();
  const api = await gateway.clusterWith(gateway.route('checkout', [gateway.mainRule]));
  await createRouter('gatewayApi', api).write(gateway.target, at(0, 1, 'claim'));
  const { view, reads } = lagging(api, clock, seconds);
  const beganAtMs = clock.now();
  const router = createRouter('gatewayApi', view, { clock, seconds: 18 });
  return { api, clock, router, view, reads, passedSeconds: () => (clock.now() - beganAtMs) / 1000 };
}

describe('T8: a patient router whose controller is slow', () => {
  it.each([0, 1, 10, 17])('waits until the route is accepted, after %i seconds, and hardly longer', async (seconds) => {
    const { router, passedSeconds } = await claimed(seconds);
    expect(await router.write(gateway.target, at(5, 1, 'owner'))).toMatchObject([{ split: { canary: 5 } }]);
    expect(passedSeconds()).toBeGreaterThanOrEqual(seconds);
    expect(passedSeconds()).toBeLessThanOrEqual(seconds + 1);
  });

  it('gives it up for this time after its patience, and asks no more than it must', async () => {
    const { router, passedSeconds, reads } = await claimed(60);
    await expect(router.write(gateway.target, at(5, 1, 'owner'))).rejects.toThrow(WeightNotVerifiedError);
    expect(passedSeconds()).toBe(18);
    expect(reads()).toBeLessThan(60);
  });

  it('takes up the waiting where it is called again, and writes nothing twice', async () => {
    const { api, router, passedSeconds } = await claimed(30);
    await expect(router.write(gateway.target, at(5, 1, 'owner'))).rejects.toThrow('has seen generation 1, and the route is at 2');
    const writes = api.writes.length;
    await router.write(gateway.target, at(5, 1, 'owner'));
    expect(passedSeconds()).toBeLessThanOrEqual(31);
    expect(api.writes).toHaveLength(writes);
  });

  it('waits as well for a claim by which a weight is put right', async () => {
    const { router, passedSeconds } = await claimed(10);
    await router.write(gateway.target, at(5, 1, 'claim'));
    expect(passedSeconds()).toBeGreaterThanOrEqual(10);
  });

  it.each(['gatewayApi', 'linkerd'] as const)('T2: never keeps a door waiting in %s, nor whoever takes the traffic back', async (kind) => {
    const { clock, passedSeconds, view } = await claimed(60);
    const router = createRouter(kind, view, { clock, seconds: 18 });
    await router.write(gateway.target, at(0, 2, 'door'));
    await router.write(gateway.target, at(0, 2, 'owner'));
    await router.removeCanary(gateway.target, 2);
    expect(passedSeconds()).toBe(0);
  });

  it('T3: leaves at once where a door writes meanwhile, which does not wait for it', async () => {
    const { api, clock, router, passedSeconds } = await claimed(60);
    clock.timer(4_000, () => void createRouter('gatewayApi', api).write(gateway.target, at(0, 2, 'door')));
    await expect(router.write(gateway.target, at(5, 1, 'owner'))).rejects.toThrow(FencedError);
    expect(passedSeconds()).toBeLessThanOrEqual(5);
    expect(await createRouter('gatewayApi', api).read(gateway.target)).toMatchObject([{ split: { canary: 0 }, fence: 2 }]);
  });

  it('waits for consul-k8s in the same way, and is fenced in the same way', async () => {
    const clock = new VirtualClock();
    const api = await consul.clusterWith(consul.splitter('checkout', [consul.to('stable', 100)]));
    await consul.routerOn(api).write(consul.target, at(0, 1, 'claim'));
    const ref = consul.refTo('checkout');
    const status = (isSynced: boolean) => {
      const conditions = [{ type: 'Synced', status: isSynced ? 'True' : 'False', reason: 'ConsulAgentError' }];
      return api.write({ mergePatch: ref, patch: { status: { conditions } } });
    };
    await status(false);
    clock.timer(12_000, () => void status(true));
    const beganAtMs = clock.now();
    const router = createRouter('consul', api, { clock, seconds: 18 });
    await router.write(consul.target, at(5, 1, 'owner'));
    expect(clock.now() - beganAtMs).toBeLessThanOrEqual(13_000);
    await status(false);
    clock.timer(4_000, () => void consul.routerOn(api).write(consul.target, at(0, 2, 'door')));
    await expect(router.write(consul.target, at(10, 1, 'owner'))).rejects.toThrow('carries fence 2 for checkout, not 1');
  });
});
