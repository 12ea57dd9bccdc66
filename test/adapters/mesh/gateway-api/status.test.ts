import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError, WeightNotVerifiedError } from '../../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, SplitWrite } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { accepted, clusterWith, edge, inMesh, mainRule, put, type Rule, refTo, route, rulesOf, target } from './gateway-routes.ts';

const claim: SplitWrite = { split: splitAt(0, 100), fence: 1, role: 'claim' };
const raise: SplitWrite = { split: splitAt(5, 100), fence: 1, role: 'owner' };
const door: SplitWrite = { split: splitAt(0, 100), fence: 2, role: 'door' };

/** What both conditions of every parent say. */
const says = (more: Rule, parents: readonly Rule[] = [edge]) => accepted(parents, more);

/** A cluster whose controller writes a status of its own choice: what it makes of the object as it is when it is read for the n-th time since `reset`. */
function controlled(api: KubernetesApi, statusAt: (object: KubernetesObject, reads: number) => unknown) {
  let reads = 0;
  const view: KubernetesApi = {
    read: async (ref) => {
      const object = await api.read(ref);
      if (object === undefined) return undefined;
      reads += 1;
      return { ...object, status: statusAt(object, reads) };
    },
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
  return { view, reads: () => reads, reset: () => (reads = 0) };
}

describe('a rollout does not begin with a route', () => {
  it.each<[string, unknown, string]>([
    ['that has no status', undefined, 'No controller serves HTTPRoute shop/checkout: its status names no parents'],
    ['whose status names no parents', { parents: [] }, 'its status names no parents'],
    [
      'of which one parent is in no status',
      accepted([edge]),
      'No controller has taken up the parent Service shop/checkout, port 80 of HTTPRoute shop/checkout',
    ],
    [
      'that a parent does not accept',
      says({ status: 'False', reason: 'NoMatchingListenerHostname', message: 'no hostnames matched' }, [edge, inMesh]),
      'its parent Gateway edge/public says Accepted is False: NoMatchingListenerHostname (no hostnames matched)',
    ],
  ])('%s', async (_what, status, text) => {
    const api = await clusterWith();
    await put(api, route('checkout', [mainRule], { parentRefs: [edge, inMesh], status }));
    const router = createRouter('gatewayApi', api);
    const asked = router.write(target, claim);
    await expect(asked).rejects.toThrow(RouteRejectedError);
    await expect(asked).rejects.toThrow(text);
    const [finding] = await router.inspect(target, { weights: [], shapes: [] });
    expect(finding).toMatchObject({ severity: 'refusal', subject: 'HTTPRoute shop/checkout', message: expect.stringContaining(text) });
  });

  it('whose references are not resolved, and says which parent says so', async () => {
    const status = accepted([edge]) as { parents: [{ conditions: Rule[] }] };
    status.parents[0].conditions[1] = { type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound' };
    const api = await clusterWith(route('checkout', [mainRule], { status }));
    await expect(createRouter('gatewayApi', api).write(target, claim)).rejects.toThrow(
      'its parent Gateway edge/public says ResolvedRefs is False: BackendNotFound',
    );
  });
});

describe('a route that a controller has not looked at yet, since the rollout before ended a moment ago,', () => {
  it.each<[string, unknown, string]>([
    [
      'an older generation',
      says({ observedGeneration: 0 }),
      'is not accepted yet: its parent Gateway edge/public has seen generation 0, and the route is at 1',
    ],
    ['nothing', { parents: [{ parentRef: edge }] }, 'has not said whether it is Accepted'],
  ])('is read again, and if it goes on saying %s, tried again later', async (_what, status, text) => {
    const control = controlled(await clusterWith(route('checkout', [mainRule])), () => status);
    const router = createRouter('gatewayApi', control.view);
    await expect(router.write(target, claim)).rejects.toThrow(WeightNotVerifiedError);
    await expect(router.write(target, claim)).rejects.toThrow(text);
    control.reset();
    expect(await router.inspect(target, { weights: [], shapes: [] })).toMatchObject([
      { severity: 'refusal', mayPass: true, message: expect.stringContaining(text) },
    ]);
    expect(control.reads()).toBeLessThan(40);
  });

  it('can begin as soon as it has', async () => {
    const api = await clusterWith(route('checkout', [mainRule]));
    const control = controlled(api, (object, reads) =>
      says({ observedGeneration: (object.metadata.generation ?? 0) - (reads < 4 ? 1 : 0) }),
    );
    const findings = await createRouter('gatewayApi', control.view).inspect(target, { weights: [], shapes: [] });
    expect(findings.filter(({ subject }) => subject.startsWith('HTTPRoute'))).toEqual([]);
    expect(control.reads()).toBe(4);
  });
});

it('a parent with a section or in the own namespace is the same, written out or not', async () => {
  const short = { name: 'public', sectionName: 'https' };
  const status = accepted([{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'shop', ...short }]);
  const api = await clusterWith(route('checkout', [mainRule], { parentRefs: [short], status }));
  expect(await createRouter('gatewayApi', api).read(target)).toMatchObject([{ split: { canary: 0 } }]);
});

describe('T8: set means accepted at this generation', () => {
  const present = (object: KubernetesObject) => says({ observedGeneration: object.metadata.generation });
  const late = (object: KubernetesObject) => says({ observedGeneration: (object.metadata.generation ?? 0) - 1 });

  async function claimed(statusAt: (object: KubernetesObject, reads: number) => unknown) {
    const api = await clusterWith(route('checkout', [mainRule]));
    await createRouter('gatewayApi', api).write(target, claim);
    const control = controlled(api, statusAt);
    return { api, control, router: createRouter('gatewayApi', control.view) };
  }

  it('an owner who raises waits for the controller, and reads no more than it must', async () => {
    const { control, router } = await claimed((object, reads) => (reads < 6 ? late(object) : present(object)));
    expect(await router.write(target, raise)).toMatchObject([{ split: { canary: 5 } }]);
    expect(control.reads()).toBe(6);
  });

  it.each<[string, (object: KubernetesObject) => unknown, string]>([
    ['has not seen it', late, 'is not accepted yet: its parent Gateway edge/public has seen generation 1, and the route is at 2'],
    ['does not accept it', () => says({ status: 'False', reason: 'NotAllowed' }), 'says Accepted is False: NotAllowed'],
  ])('and gives it up for this time where it %s, so that it is tried again', async (_what, statusAt, text) => {
    const { api, control, router } = await claimed(statusAt);
    const write = router.write(target, raise);
    await expect(write).rejects.toThrow(WeightNotVerifiedError);
    await expect(write).rejects.toThrow(text);
    expect(control.reads()).toBeLessThan(40);
    expect(await createRouter('gatewayApi', api).write(target, raise)).toMatchObject([{ split: { canary: 5 } }]);
  });

  it('a controller that tells no generation is believed, as that of Linkerd', async () => {
    const { router } = await claimed(() => says({}));
    expect(await router.write(target, raise)).toMatchObject([{ split: { canary: 5 } }]);
  });

  it.each<[string, SplitWrite]>([
    ['a door', door],
    ['a door to the canary', { ...door, split: splitAt(100, 100) }],
    ['an owner who takes the traffic back', { ...raise, split: splitAt(0, 100) }],
    ['a claim of what is claimed', { ...raise, fence: 3, role: 'claim' }],
  ])('%s waits for nobody', async (_what, write) => {
    const { router } = await claimed(() => says({ status: 'False', observedGeneration: 0 }));
    expect(await router.write(target, write)).toMatchObject([{ split: write.split, fence: write.fence }]);
  });

  it('a rollback is read and ended although nothing serves the route any more', async () => {
    const { api, router } = await claimed(() => undefined);
    await router.write(target, door);
    expect(await router.read(target)).toMatchObject([{ split: { canary: 0 } }]);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([mainRule]);
  });
});

describe('CRDs of an older Gateway API, which drop what they do not know', () => {
  /** Takes the fields out of everything that is written, as a structural schema without them does. */
  function dropping(api: KubernetesApi, drop: (rule: Rule) => Rule): KubernetesApi {
    const { read, list, remove } = { read: api.read.bind(api), list: api.list.bind(api), remove: api.remove.bind(api) };
    const write: KubernetesApi['write'] = async (asked) => {
      const result = await api.write(asked);
      if (result.status !== 'written') return result;
      const rules = (await rulesOf(api)).map(drop);
      return api.write({ mergePatch: refTo('checkout'), patch: { spec: { rules } } });
    };
    return { read, list, remove, write };
  }
  const withoutPercent = (rule: Rule) => JSON.parse(JSON.stringify(rule).replaceAll(/,"(percent":\d+|fraction":\{[^}]*\})/g, '')) as Rule;
  const withoutName = ({ name: _, ...rule }: Rule): Rule => rule;

  it.each([100, 1_000])(
    'a mirror that lost its share is refused, since it would copy everything (total weight %i)',
    async (totalWeight) => {
      const of = { ...target, totalWeight };
      const api = await clusterWith(route('checkout', [mainRule]));
      const router = createRouter('gatewayApi', dropping(api, withoutPercent));
      await router.write(of, { ...claim, split: splitAt(0, totalWeight) });
      const write = router.write(of, { split: splitAt(0, totalWeight), fence: 1, role: 'owner', shape: { mirrorWeight: 5 } });
      await expect(write).rejects.toThrow(RouteRejectedError);
      await expect(write).rejects.toThrow('drops the share of a mirror, so that all requests are copied');
      await router.write(of, { ...door, split: splitAt(0, totalWeight) });
      await router.removeCanary(of, 2);
      expect(await rulesOf(api)).toStrictEqual([mainRule]);
    },
  );

  it('rules that lost their names are known by what is in them, through all steps, and are gone in the end', async () => {
    const unnamed = withoutName(mainRule);
    const of = { ...target, routes: [{ httpRoute: 'checkout', path: '/' }] };
    const api = await clusterWith(route('checkout', [unnamed]));
    const router = createRouter('gatewayApi', dropping(api, withoutName));
    await router.write(of, claim);
    const shape = { match: [{ header: { name: 'x-beta', exact: 'yes' } }], affinity: { cookie: 'side', maxAgeSeconds: 60 } };
    for (const canary of [5, 5, 50, 99]) {
      await router.write(of, { split: splitAt(canary, 100), fence: 1, role: 'owner', shape });
      expect((await rulesOf(api)).map((rule) => 'name' in rule)).toEqual([false, false, false, false]);
      expect(await router.read(of)).toMatchObject([{ split: { canary } }]);
    }
    await router.write(of, door);
    expect(await rulesOf(api)).toHaveLength(1);
    await router.removeCanary(of, 2);
    expect(await rulesOf(api)).toStrictEqual([unnamed]);
  });

  it('timeouts that are dropped are no success', async () => {
    const api = await clusterWith(route('checkout', [mainRule]));
    const router = createRouter(
      'gatewayApi',
      dropping(api, ({ timeouts: _, ...rule }) => rule),
    );
    await router.write(target, claim);
    const write = router.write(target, { ...raise, shape: { resilience: { timeoutSeconds: 3 } } });
    await expect(write).rejects.toThrow(WeightNotVerifiedError);
    await expect(write).rejects.toThrow('HTTPRoute shop/checkout does not hold what was written at /spec/rules/0/timeouts');
  });
});
