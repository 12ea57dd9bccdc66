import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { FencedError, RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { restoreTraffic } from '../../../runtime/acts/restore-traffic.ts';
import { writeReturn } from '../../../runtime/acts/write-return.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { clusterWith, mainRule, refTo, routeOf, target, to, virtualService } from '../../adapters/mesh/istio/virtual-services.ts';

const two: RouteTarget = { ...target, routes: [...target.routes, { virtualService: 'internal', http: 'main' }] };
/** One of four pods of stable is ready: it carries 25 of 100. */
const short = { ready: { stable: 1, canary: 4 }, beganWith: 4, fence: 2 };

/** A rollout at full weight on both VirtualServices, under fence 1. */
async function atFullWeight() {
  const api = await clusterWith(
    virtualService('checkout', [mainRule]),
    virtualService('internal', [{ name: 'main', route: [to('checkout')] }]),
  );
  const router = createRouter('istio', api);
  const write = (canary: number, fence: number, of = two) => router.write(of, { split: splitAt(canary, 100), fence, role: 'door' });
  await write(100, 1);
  const placeOf = (seen: KubernetesApi) => ({ api: seen, kind: 'istio' as const, router: createRouter('istio', seen), target: two });
  const weights = async () => (await router.read(two)).map(({ split }) => split.canary);
  return { api, write, placeOf, weights };
}

/** The same cluster, in which somebody acts right before the `nth` read of a VirtualService. */
function beforeRead(api: KubernetesApi, nth: number, act: () => Promise<unknown>): KubernetesApi {
  let reads = 0;
  return {
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
    read: async (ref) => {
      reads += 1;
      if (reads === nth) await act();
      return api.read(ref);
    },
  };
}

describe('T7: a step back', () => {
  it('is written on every route, under the fence of the door', async () => {
    const { api, placeOf, weights } = await atFullWeight();
    expect(await writeReturn(placeOf(api), short)).toMatchObject({ split: { stable: 25, canary: 75 } });
    expect(await weights()).toEqual([75, 75]);
  });

  it('T3: never gives the canary more than any of the routes does', async () => {
    const { api, write, placeOf, weights } = await atFullWeight();
    await write(40, 1, { ...two, routes: two.routes.slice(1) });
    expect(await writeReturn(placeOf(api), short)).toMatchObject({ split: { stable: 60, canary: 40 } });
    expect(await weights()).toEqual([40, 40]);
  });

  it.each([1, 2, 3, 4, 5, 6])('T3: raises nothing where another door has returned everything before its read number %i', async (nth) => {
    const { api, write, placeOf, weights } = await atFullWeight();
    await writeReturn(placeOf(beforeRead(api, nth, () => write(0, 2))), short);
    expect(await weights()).toEqual([0, 0]);
  });

  it('gives stable everything where somebody else lowers the weight again and again', async () => {
    const { api, write, placeOf, weights } = await atFullWeight();
    let weight = 70;
    let lowered: Promise<unknown> = Promise.resolve();
    const busy: KubernetesApi = {
      ...beforeRead(api, 0, async () => undefined),
      read: async (ref) => {
        // Twelve times: as often as a step looks at two routes.
        const next = weight - 1;
        if (next >= 58) {
          weight = next;
          lowered = lowered.then(() => write(next, 2));
        }
        await lowered;
        return api.read(ref);
      },
    };
    expect(await writeReturn(placeOf(busy), short)).toMatchObject({ split: { stable: 100, canary: 0 } });
    expect(await weights()).toEqual([0, 0]);
  });

  it('gives stable everything on the other route where one is gone, and says which is missing', async () => {
    const { api, placeOf } = await atFullWeight();
    api.drop(refTo('internal'));
    await expect(writeReturn(placeOf(api), short)).rejects.toThrow(RouteRejectedError);
    expect(await routeOf(api)).toMatchObject([{ weight: 100 }, { weight: 0 }]);
  });

  it('is refused where a later owner has the routes', async () => {
    const { api, write, placeOf, weights } = await atFullWeight();
    await write(50, 3);
    await expect(writeReturn(placeOf(api), short)).rejects.toThrow(FencedError);
    expect(await weights()).toEqual([50, 50]);
  });
});

describe('T7: a door', () => {
  const log = createMemoryLog();
  const readiness = (stable: number, canary: number) => Promise.resolve({ stable, canary });
  const raise = async (atLeast: number) => atLeast;

  it('gives a stable that has lost its capacity what it carries, also beyond a newer fence', async () => {
    const { api, write, placeOf, weights } = await atFullWeight();
    await write(100, 7);
    const restored = await restoreTraffic({ log }, placeOf(api), 'stable', 2, raise, { readiness: readiness(2, 4), beganWith: 4 });
    expect(restored).toMatchObject({ side: 'stable', split: { stable: 50, canary: 50 }, fence: 8 });
    expect(await weights()).toEqual([50, 50]);
  });

  it.each([
    ['it has its capacity', 3, 4, 4],
    ['the canary has no ready pod', 1, 0, 4],
    ['nobody knows what it began with', 1, 4, undefined],
  ])('gives stable everything where %s', async (_, stable, canary, beganWith) => {
    const { api, placeOf, weights } = await atFullWeight();
    const restored = await restoreTraffic({ log }, placeOf(api), 'stable', 2, raise, { readiness: readiness(stable, canary), beganWith });
    expect(restored).toMatchObject({ side: 'stable', split: { stable: 100, canary: 0 } });
    expect(await weights()).toEqual([0, 0]);
  });

  it('T1: leaves everything on the canary where stable has no ready pod at all', async () => {
    const { api, placeOf, weights } = await atFullWeight();
    const restored = await restoreTraffic({ log }, placeOf(api), 'stable', 2, raise, { readiness: readiness(0, 4), beganWith: 4 });
    expect(restored).toMatchObject({ side: 'canary', split: { stable: 0, canary: 100 } });
    expect(await weights()).toEqual([100, 100]);
  });
});
