import { describe, expect, it } from 'vitest';
import { fenceOf } from '../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { ClusterUnavailableError, RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { restoreTraffic, restoreTrafficWithoutStore } from '../../../runtime/acts/restore-traffic.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { clusterWith, mainRule, refTo, routeOf, target, to, virtualService } from '../../adapters/mesh/istio/virtual-services.ts';

const two: RouteTarget = { ...target, routes: [...target.routes, { virtualService: 'internal', http: 'main' }] };
const log = createMemoryLog();

interface Act {
  /** Somebody acts right before the `nth` read or write of the cluster. */
  readonly before?: { readonly nth: number; readonly act: () => Promise<unknown> };
  readonly stableReady?: number | (() => number);
}

/** A promotion that is half-way: the canary, which is ready, has everything on both routes under fence 1, and is the safe side. */
async function halfPromoted() {
  const cluster = await clusterWith(
    virtualService('checkout', [mainRule]),
    virtualService('internal', [{ name: 'main', route: [to('checkout')] }]),
  );
  const router = createRouter('istio', cluster);
  const write = (canary: number, fence: number, of = two) => router.write(of, { split: splitAt(canary, 100), fence, role: 'door' });
  await write(100, 1);
  const placeOf = ({ before, stableReady = 2 }: Act = {}) => {
    let requests = 0;
    const next = async () => {
      requests += 1;
      if (requests === before?.nth) await before.act();
    };
    const ready = typeof stableReady === 'number' ? () => stableReady : stableReady;
    const api: KubernetesApi = {
      list: async (_, selector) => [endpoints(selector.endsWith('-canary') ? 4 : ready())],
      remove: (ref, preconditions) => cluster.remove(ref, preconditions),
      read: async (ref) => next().then(() => cluster.read(ref)),
      write: async (patch) => next().then(() => cluster.write(patch)),
    };
    return { api, kind: 'istio' as const, router: createRouter('istio', api), target: two };
  };
  return {
    write,
    /** As ReturnTraffic does, one route after the other. */
    giveBack: () => router.write(two, { split: splitAt(0, 100), fence: 1, role: 'owner' }),
    door: (fence: number, act?: Act) => restoreTraffic({ log }, placeOf(act), 'canary', fence, async (atLeast) => atLeast),
    withoutStore: (fence: number, act?: Act) => restoreTrafficWithoutStore({ log }, placeOf(act), fence, 'canary'),
    weights: async () => (await router.read(two)).map(({ split }) => split.canary),
    fences: async () =>
      Promise.all(
        ['checkout', 'internal'].map(async (name) => {
          const object = await cluster.read(refTo(name));
          return object === undefined ? undefined : fenceOf(object, 'checkout');
        }),
      ),
    cluster,
  };
}

function endpoints(ready: number): KubernetesObject {
  const list = Array.from({ length: ready }, (_, index) => ({ addresses: [`10.0.0.${index}`] }));
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'slice' }, endpoints: list };
}

const other: RouteTarget = { ...two, routes: two.routes.slice(1) };
const doors = ['door', 'withoutStore'] as const;

describe.each(doors)('T3: a late door whose safe side was the canary: %s', (door) => {
  it('leaves everything on a ready stable, and leaves its tombstone', async () => {
    const { write, weights, fences, ...late } = await halfPromoted();
    await write(0, 1);
    expect(await late[door](2)).toMatchObject({ side: 'stable', split: { stable: 100, canary: 0 } });
    expect(await weights()).toEqual([0, 0]);
    expect(new Set(await fences()).has(1)).toBe(false);
  });

  it('brings the rest back where one route of two was written', async () => {
    const { write, weights, ...late } = await halfPromoted();
    await write(0, 1, other);
    expect(await late[door](2)).toMatchObject({ side: 'stable', split: { stable: 100, canary: 0 } });
    expect(await weights()).toEqual([0, 0]);
  });

  it('gives the canary no more than it has where stable has a part already', async () => {
    const { write, weights, ...late } = await halfPromoted();
    await write(40, 1);
    await late[door](2);
    expect(await weights()).toEqual([40, 40]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('raises nothing where all returns right before its request number %i', async (nth) => {
    const { giveBack, weights, ...late } = await halfPromoted();
    let returned = false;
    const act = async () => {
      // By then the door's fence may keep it out.
      returned = await giveBack().then(
        () => true,
        () => false,
      );
    };
    await late[door](1, { before: { nth, act } });
    const after = await weights();
    expect(after).toEqual(returned || after[0] === 0 ? [0, 0] : [100, 100]);
  });

  it('asks again whether stable is ready where it was not when the door came', async () => {
    const { write, weights, ...late } = await halfPromoted();
    let asked = 0;
    const stableReady = () => {
      asked += 1;
      return asked === 1 ? 0 : 2;
    };
    await late[door](2, { stableReady, before: { nth: 1, act: () => write(0, 1) } });
    expect(await weights()).toEqual([0, 0]);
  });

  it('leaves on stable what is there on the other route where one is gone, and says which is missing', async () => {
    const { write, cluster, ...late } = await halfPromoted();
    await write(0, 1);
    cluster.drop(refTo('checkout'));
    await expect(late[door](2)).rejects.toThrow(RouteRejectedError);
    expect(await routeOf(cluster, 0, 'internal')).toMatchObject([{ weight: 100 }, { weight: 0 }]);
  });
});

describe.each(doors)('T1: a door whose safe side is the canary: %s', (door) => {
  it('leaves everything there while stable is being replaced', async () => {
    const { weights, fences, ...early } = await halfPromoted();
    expect(await early[door](2)).toMatchObject({ side: 'canary', split: { stable: 0, canary: 100 } });
    expect([await weights(), await fences()]).toEqual([[100, 100], door === 'door' ? [2, 2] : [3, 3]]);
  });

  it('leaves everything there where one route is gone, and says which is missing', async () => {
    const { cluster, ...early } = await halfPromoted();
    cluster.drop(refTo('checkout'));
    await expect(early[door](2)).rejects.toThrow(RouteRejectedError);
    expect(await routeOf(cluster, 0, 'internal')).toMatchObject([{ weight: 0 }, { weight: 100 }]);
  });

  it('goes by what it was told before where stable had no ready pod, and the cluster does not say again', async () => {
    const { write, weights, ...early } = await halfPromoted();
    await write(10, 1);
    let asked = 0;
    const stableReady = () => {
      asked += 1;
      if (asked > 1) throw new ClusterUnavailableError('It does not answer.', { remedy: 'Try again.' });
      return 0;
    };
    expect(await early[door](2, { stableReady })).toMatchObject({ side: 'canary', split: { stable: 0, canary: 100 } });
    expect(await weights()).toEqual([100, 100]);
  });

  it.each([0, 40])('sends everything there from weight %i where stable has no ready pod', async (weight) => {
    const { write, weights, ...early } = await halfPromoted();
    await write(weight, 1);
    expect(await early[door](2, { stableReady: 0 })).toMatchObject({ side: 'canary', split: { stable: 0, canary: 100 } });
    expect(await weights()).toEqual([100, 100]);
  });
});
