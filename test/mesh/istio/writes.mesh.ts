import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { fenceAnnotation } from '../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { ClusterUnavailableError, FencedError, SluiceError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { at } from '../../contract/router-hand.ts';
import type { RawApi } from '../bench/api/raw-api.ts';
import { startApiRelay } from '../bench/api-relay.ts';
import { servesOrSays } from '../bench/attach.ts';
import { IstioRoutes } from './routes.ts';

const races = 100;
const isServed = servesOrSays('what the API server refuses of VirtualServices', ['networking.istio.io/v1/VirtualService']);

describe.runIf(isServed)('the API server, of VirtualServices', () => {
  let routes: IstioRoutes;
  let raw: RawApi;
  let sets = 0;
  let target: RouteTarget;
  let name: string;

  beforeAll(async () => {
    routes = await IstioRoutes.inCluster();
    raw = await routes.cluster.openRawSluice();
  });
  afterAll(async () => {
    raw?.close();
    await routes?.close();
  });

  const cart = { name: 'cart', match: [{ uri: { prefix: '/cart' } }], route: [{ destination: { host: 'cart' }, weight: 100 }] };
  const main = { name: 'main', match: [{ uri: { prefix: '/shop' } }], route: [{ destination: { host: 'web' } }] };
  const unserved = (of: string, http: readonly object[]) => routes.virtualService(of, { http });
  const router = (api: KubernetesApi = routes.cluster.sluice) => createRouter('istio', api);
  const patch = async (operations: readonly JsonPatchOperation[], of = name) => {
    expect(await routes.cluster.admin.write({ jsonPatch: routes.ref(of), operations })).toMatchObject({ status: 'written' });
  };

  beforeEach(async () => {
    sets += 1;
    name = `web-${sets}`;
    target = { ...routes.target, routes: [{ virtualService: name, http: 'main' }] };
    await routes.namespace.apply([unserved(name, [cart, main])]);
  });

  /** What a router would send, as it is on the wire, without sending it. */
  async function computed(act: (router: ReturnType<typeof createRouter>) => Promise<unknown>): Promise<readonly JsonPatchOperation[]> {
    let sent: readonly JsonPatchOperation[] = [];
    const write: KubernetesApi['write'] = async (asked) => {
      if ('jsonPatch' in asked) sent = asked.operations;
      throw new ClusterUnavailableError('It is kept back.', { remedy: 'Send it late.' });
    };
    const { sluice } = routes.cluster;
    const { read, list, remove } = sluice;
    await expect(act(router({ read, list, remove, write }))).rejects.toThrow(ClusterUnavailableError);
    return sent;
  }
  const sendLate = (operations: readonly JsonPatchOperation[]) => {
    const path = `/apis/networking.istio.io/v1/namespaces/${routes.namespace.name}/virtualservices/${name}`;
    return raw.ask('PATCH', path, operations, 'application/json-patch+json');
  };
  const owner = (canary: number) => router().write(target, at(canary, 1, 'owner'));

  describe('refuses with 422 what an owner computed before', () => {
    const changes: readonly [string, () => Promise<unknown>][] = [
      ['a door wrote its fence', () => router().write(target, at(0, 2, 'door'))],
      ['somebody removed the fence', () => patch([{ op: 'remove', path: '/metadata/annotations/fence.sluice.dev~1web' }])],
      ['somebody put another rule in its place', () => patch([{ op: 'add', path: '/spec/http/1', value: { ...main, name: 'new' } }])],
      ['somebody took the rule away', () => patch([{ op: 'remove', path: '/spec/http/1' }])],
      ['somebody renamed the rule', () => patch([{ op: 'replace', path: '/spec/http/1/name', value: 'other' }])],
      ['somebody let it match something else', () => patch([{ op: 'replace', path: '/spec/http/1/match/0/uri/prefix', value: '/' }])],
      ['somebody gave it another backend', () => patch([{ op: 'add', path: '/spec/http/1/route/-', value: cart.route[0] }])],
      ['somebody changed a backend', () => patch([{ op: 'replace', path: '/spec/http/1/route/0/destination/host', value: 'cart' }])],
      [
        'somebody changed the weights',
        () =>
          patch([40, 60].map((value, index): JsonPatchOperation => ({ op: 'replace', path: `/spec/http/1/route/${index}/weight`, value }))),
      ],
    ];
    it.each(changes)('%s', async (_what, change) => {
      await router().write(target, at(0, 1, 'claim'));
      await owner(10);
      const late = await computed((of) => of.write(target, at(50, 1, 'owner')));
      await change();
      const before = await routes.read(name);
      const { status, body } = await sendLate(late);
      expect({ status, body: JSON.parse(body) }).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
      expect(await routes.read(name)).toEqual(before);
    });

    it.each<[string, readonly JsonPatchOperation[]]>([
      ['a label', [{ op: 'add', path: '/metadata/labels', value: { team: 'shop' } }]],
      ['the weight of another rule', [{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 1 }]],
      ['the time-out of the rule', [{ op: 'add', path: '/spec/http/1/timeout', value: '9s' }]],
    ])('and takes it where somebody changed no more than %s, which stays', async (_what, change) => {
      await router().write(target, at(0, 1, 'claim'));
      await owner(10);
      const late = await computed((of) => of.write(target, at(50, 1, 'owner')));
      await patch(change);
      const before = await routes.read(name);
      expect(await sendLate(late)).toMatchObject({ status: 200 });
      await owner(10);
      expect({ ...(await routes.read(name)), metadata: {} }).toEqual({ ...before, metadata: {} });
      expect((await routes.read(name)).metadata.labels).toEqual(before.metadata.labels);
    });
  });

  it('objects to what its schema does not allow, and Sluice says so in its words instead of trying again', async () => {
    await router().write(target, at(0, 1, 'claim'));
    const before = await routes.read(name);
    const write = router().write(target, at(50, 1, 'owner', { resilience: { timeoutSeconds: 0 } }));
    await expect(write).rejects.toMatchObject({ name: 'RouteRejectedError', message: expect.stringContaining('must be a valid duration') });
    expect(await routes.read(name)).toEqual(before);
  });

  it('lets no owner behind a slow network win against a door in 100 races, whoever is first', async () => {
    const relay = await startApiRelay(routes.cluster);
    const slow = routes.cluster.sluiceAt(relay.clusterEndpoint);
    const ends = { refused: 0, overtaken: 0 };
    for (let race = 0; race < races; race += 1) {
      const fence = race * 2 + 1;
      await router().write(target, at(0, fence, 'claim'));
      relay.delay(race % 5);
      const late = async () => {
        await systemClock.sleep((race * 7) % 31);
        await router().write(target, at(0, fence + 1, 'door'));
      };
      const [owned, door] = await Promise.allSettled([router(slow).write(target, at(50, fence, 'owner')), late()]);
      if (door.status === 'rejected') {
        expect((door.reason as SluiceError).retryable).toBe(true);
        await router().write(target, at(0, fence + 1, 'door'));
      }
      if (owned.status === 'rejected') expect(owned.reason).toBeInstanceOf(SluiceError);
      ends[owned.status === 'rejected' && owned.reason instanceof FencedError ? 'refused' : 'overtaken'] += 1;
      expect(await router().read(target)).toMatchObject([{ split: { stable: 100, canary: 0 }, fence: fence + 1 }]);
      await expect(router().write(target, at(50, fence, 'owner'))).rejects.toThrow(FencedError);
    }
    await relay.close();
    expect(ends.refused).toBeGreaterThan(0);
    console.log(`Of ${races} owners the door refused ${ends.refused}, and took the weight back from ${ends.overtaken}.`);
  });

  it('lets two rollouts of one object write at the same time, and neither loses a weight', async () => {
    const other: RouteTarget = { ...target, rollout: 'cart', routes: [{ virtualService: name, http: 'cart' }] };
    const ofCart = { ...other, stableService: 'cart', canaryService: 'cart-canary' };
    await Promise.all([router().write(target, at(0, 1, 'claim')), router().write(ofCart, at(0, 7, 'claim'))]);
    for (const weight of [5, 10, 25, 50, 75, 90, 99, 100]) {
      await Promise.all([owner(weight), router().write(ofCart, at(100 - weight, 7, 'owner'))]);
      expect(await router().read(target)).toMatchObject([{ split: splitAt(weight, 100), fence: 1 }]);
      expect(await router().read(ofCart)).toMatchObject([{ split: splitAt(100 - weight, 100), fence: 7 }]);
    }
  });

  describe('of a rollout with one route at the gateway and another in the mesh', () => {
    let mesh: string;
    let both: RouteTarget;
    beforeEach(async () => {
      mesh = `${name}-mesh`;
      both = { ...target, routes: [...target.routes, { virtualService: mesh, http: 'main' }] };
      await routes.namespace.apply([unserved(mesh, [main])]);
      await router().write(both, at(0, 1, 'claim'));
      await router().write(both, at(10, 1, 'owner'));
    });
    const weights = async () => (await router().read(both)).map(({ split }) => split.canary);

    it.each<[string, JsonPatchOperation]>([
      ['delegates', { op: 'replace', path: '/spec/http/0', value: { name: 'main', delegate: { name: 'elsewhere' } } }],
      ['has another name', { op: 'replace', path: '/spec/http/0/name', value: 'other' }],
      ['leads to stable twice', { op: 'add', path: '/spec/http/0/route/-', value: { destination: { host: 'web' }, weight: 1 } }],
    ])('writes neither where the rule of the second %s', async (_what, change) => {
      await patch([change], mesh);
      const before = await Promise.all([routes.read(name), routes.read(mesh)]);
      await expect(router().write(both, at(50, 1, 'owner'))).rejects.toMatchObject({ name: 'RouteRejectedError' });
      expect(await Promise.all([routes.read(name), routes.read(mesh)])).toEqual(before);
    });

    it('writes neither where a door has the second already', async () => {
      await router().write({ ...both, routes: both.routes.slice(1) }, at(0, 2, 'door'));
      const before = await Promise.all([routes.read(name), routes.read(mesh)]);
      await expect(router().write(both, at(50, 1, 'owner'))).rejects.toThrow(FencedError);
      expect(await Promise.all([routes.read(name), routes.read(mesh)])).toEqual(before);
    });

    it('has both at the door where that comes between the two writes of an owner', async () => {
      const { read, list, remove, write } = routes.cluster.sluice;
      let writes = 0;
      const api: KubernetesApi = {
        read,
        list,
        remove,
        write: async (asked) => {
          writes += 1;
          if (writes === 2) await router().write(both, at(0, 2, 'door'));
          return write(asked);
        },
      };
      await expect(router(api).write(both, at(50, 1, 'owner'))).rejects.toThrow(FencedError);
      expect(await weights()).toEqual([0, 0]);
    });

    it('has the first at the door also where somebody deleted the second', async () => {
      const { metadata } = await routes.read(mesh);
      await routes.cluster.admin.remove(routes.ref(mesh), { uid: String(metadata.uid) });
      await expect(router().write(both, at(0, 2, 'door'))).rejects.toMatchObject({ name: 'RouteRejectedError' });
      expect(await router().read(target)).toMatchObject([{ split: { canary: 0 }, fence: 2 }]);
    });
  });

  it('has after an abort what it had before, but for the fence and what it counts itself', async () => {
    const before = await routes.read(name);
    await router().write(target, at(0, 1, 'claim'));
    const shape = {
      match: [{ header: { name: 'x-trial', exact: 'yes' } }, { cookie: { name: 'trial', prefix: 'a<b&c' } }],
      affinity: { cookie: 'sluice-side', maxAgeSeconds: 60 },
      mirrorWeight: 10,
      resilience: { retries: { attempts: 2, on: ['503'], perTryTimeoutSeconds: 1 }, timeoutSeconds: 5 },
    };
    for (const weight of [5, 50]) await router().write(target, at(weight, 1, 'owner', shape));
    await router().write(target, at(0, 2, 'door'));
    await router().removeCanary(target, 2);
    const { metadata, ...content } = await routes.read(name);
    const { resourceVersion: _, managedFields: __, generation: ___, annotations, ...kept } = metadata;
    expect(annotations).toEqual({ ...before.metadata.annotations, [fenceAnnotation('web')]: '2' });
    const { metadata: metadataBefore, ...contentBefore } = before;
    expect(content).toStrictEqual(contentBefore);
    expect({ ...metadataBefore, ...kept }).toEqual(metadataBefore);
  });

  describe('has nothing written by Sluice where a route', () => {
    const refusals: readonly [string, readonly object[], RouteTarget['routes'][number], RegExp, RegExp][] = [
      ['is of an object that is not there', [], { virtualService: 'nobodys' }, /There is no VirtualService .*nobodys/, /Create it/],
      ['is a rule that is not there', [main], { virtualService: 'refused', http: 'other' }, /0 are named other.*main/, /Name the one/],
      ['is a rule of which there are two', [main, main], { virtualService: 'refused', http: 'main' }, /2 are named main/, /Name the one/],
      [
        'names no rule, and two lead to stable',
        [main, { ...main, name: 'second' }],
        { virtualService: 'refused' },
        /2 lead to web.*main, second/,
        /`http:`/,
      ],
      ['names no rule, and none leads to stable', [cart], { virtualService: 'refused' }, /0 lead to web/, /Name the one/],
      [
        'delegates',
        [{ name: 'main', delegate: { name: 'elsewhere' } }],
        { virtualService: 'refused', http: 'main' },
        /delegates, redirects or answers/,
        /that holds the destinations/,
      ],
      [
        'redirects',
        [{ name: 'main', redirect: { uri: '/' } }],
        { virtualService: 'refused', http: 'main' },
        /delegates, redirects or answers/,
        /that holds the destinations/,
      ],
      [
        'is one of connections, and the object has none',
        [main],
        { virtualService: 'refused', tcp: { port: 5432 } },
        /0 are of port 5432/,
        /`tcp: \{ port: … \}`/,
      ],
    ];
    it.each(refusals)('%s, and says so', async (_what, http, route, message, remedy) => {
      if (http.length > 0) await routes.namespace.apply([unserved('refused', http)]);
      const refused = { ...target, routes: [route] };
      const findings = await router().inspect(refused, { weights: [10], shapes: [] });
      expect(findings).toMatchObject([
        { severity: 'refusal', message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) },
      ]);
      for (const role of ['claim', 'owner'] as const) {
        const found = http.length === 0 ? undefined : await routes.read('refused');
        await expect(router().write(refused, at(0, 1, role))).rejects.toBeInstanceOf(SluiceError);
        if (found !== undefined) expect(await routes.read('refused')).toEqual(found);
      }
      await expect(router().write(refused, at(0, 1, 'claim'))).rejects.toThrow(message);
    });
  });
});
