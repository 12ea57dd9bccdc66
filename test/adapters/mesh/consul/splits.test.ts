import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouteRejectedError, WeightNotVerifiedError } from '../../../../core/errors.ts';
import type { RouteTarget } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { comparingBytes, overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import { afterWrites, clusterWith, put, refTo, replaceSplits, routerOn, type Split, splitsOf, splitter, target, to } from './splitters.ts';

const more = { requestHeaders: { add: { 'x-from': 'mesh' } }, futureField: { of: ['consul', 2, null] } };
const raise = { split: splitAt(25, 100), fence: 1, role: 'owner' } as const;

describe("the canary's split", () => {
  it("is made from stable's, with its headers and fields that nobody knows, and stands behind it", async () => {
    const { api } = await afterWrites(
      [to('stable', 100, more)],
      [
        ['claim', 0],
        ['owner', 5],
      ],
    );
    expect(await splitsOf(api)).toStrictEqual([to('stable', 95, more), to('canary', 5, more)]);
  });

  it('leads to the service that stable names, where it names it', async () => {
    const { api } = await afterWrites(
      [to('stable', 100, { service: 'checkout' })],
      [
        ['claim', 0],
        ['owner', 5],
      ],
    );
    expect(await splitsOf(api)).toStrictEqual([to('stable', 95, { service: 'checkout' }), to('canary', 5, { service: 'checkout' })]);
  });

  it('that somebody put there already is used, before or behind stable', async () => {
    const { api } = await afterWrites(
      [to('canary', 0), to('stable', 100, more)],
      [
        ['claim', 0],
        ['owner', 5],
      ],
    );
    expect(await splitsOf(api)).toStrictEqual([to('canary', 5), to('stable', 95, more)]);
  });

  it.each([
    ['with a weight of 0', to('canary', 0)],
    ['with its weight left out', to('canary')],
  ])('that was there before the rollout %s is there after it, as it was', async (_, canary) => {
    const before = [to('stable', 100), canary];
    const { api, router } = await afterWrites(before, [
      ['claim', 0],
      ['owner', 50],
      ['door', 0],
    ]);
    expect(await splitsOf(api)).toStrictEqual([to('stable', 100), to('canary', 0)]);
    await router.removeCanary(target, 1);
    expect(await splitsOf(api)).toStrictEqual(before);
  });

  it('that had a weight before the rollout loses it by the claim, and never gets it back', async () => {
    const { api, router } = await afterWrites([to('stable', 60), to('canary', 40)], [['claim', 0]]);
    expect(await splitsOf(api)).toStrictEqual([to('stable', 100), to('canary', 0)]);
    await router.removeCanary(target, 1);
    expect(await splitsOf(api)).toStrictEqual([to('stable', 100), to('canary', 0)]);
  });

  it.each<[string, Split]>([
    ['another service', to('canary', 20, { service: 'cart' })],
    ['another namespace', to('canary', 20, { namespace: 'cart' })],
    ['another partition', to('canary', 20, { partition: 'cart' })],
  ])('of %s is none of ours', async (_, foreign) => {
    const { api } = await afterWrites(
      [to('stable', 80), foreign],
      [
        ['claim', 0],
        ['owner', 50],
      ],
    );
    expect(await splitsOf(api)).toStrictEqual([to('stable', 40), to('canary', 40), foreign]);
  });
});

describe('the weights', () => {
  it.each([0, 1, 5, 25, 50, 99, 100])('are both written out at %i, and add up to 100', async (weight) => {
    const { api } = await afterWrites(
      [to('stable', 100)],
      [
        ['claim', 0],
        ['owner', 42],
        ['owner', weight],
      ],
    );
    expect(await splitsOf(api)).toStrictEqual([to('stable', 100 - weight), to('canary', weight)]);
  });

  it.each([
    [50, 1, [49.5, 0.5]],
    [66.67, 100, [0, 33.33]],
    [99, 50, [0.5, 0.5]],
  ])('beside a split that has %d are shares of the rest, exactly, at %d', async (foreign, weight, [stable, canary]) => {
    const other = { weight: foreign, service: 'legacy' };
    const { api, router } = await afterWrites(
      [other, to('stable', (10_000 - foreign * 100) / 100)],
      [
        ['claim', 0],
        ['owner', weight],
      ],
    );
    expect(await splitsOf(api)).toStrictEqual([other, to('stable', stable), to('canary', canary)]);
    expect(await router.read(target)).toMatchObject([{ split: { stable: 100 - weight, canary: weight } }]);
  });

  it('are refused where no two decimals say them', async () => {
    const { router } = await afterWrites([{ weight: 66.67, service: 'legacy' }, to('stable', 33.33)], [['claim', 0]]);
    await expect(router.write(target, raise)).rejects.toThrow('leaves stable and canary 33.33 of 100, and 25 of 100 of that is no weight');
  });

  it('add up in the 32-bit numbers of consul-k8s, in whatever order, or are not written', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 0, max: 100 }), async (foreign, weight) => {
      const other = { weight: foreign / 100, service: 'legacy' };
      const { api, router } = await afterWrites([other, to('stable', (10_000 - foreign) / 100)], [['claim', 0]]);
      const refused = await router.write(target, { split: splitAt(weight, 100), fence: 1, role: 'owner' }).then(
        () => false,
        (error: unknown) => error instanceof RouteRejectedError,
      );
      const splits = (await splitsOf(api)) as readonly { readonly weight: number }[];
      const floats = new Float32Array(splits.map((split) => split.weight));
      const sum = floats.reduce((total, one) => Math.fround(total + one), 0);
      expect(refused || sum === 100).toBe(true);
      await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
      await router.removeCanary(target, 2);
      expect(await splitsOf(api)).toStrictEqual([other, to('stable', (10_000 - foreign) / 100)]);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('that consul-k8s leaves out are 0', async () => {
    const { router } = await afterWrites([to('stable', 100), to('canary')], []);
    expect(await router.read(target)).toMatchObject([{ split: { stable: 100, canary: 0 } }]);
  });
});

describe('a splitter that cannot be steered', () => {
  it.each<[string, unknown, string]>([
    ['without splits', undefined, 'splits between nothing; expected the subset stable of checkout once'],
    ['without stable', [to('v1', 100)], 'splits between subset v1 (100)'],
    ['without a subset', [{ weight: 100 }], 'splits between no subset (100)'],
    ['with stable of another service', [to('stable', 100, { service: 'cart' })], 'subset stable of cart (100)'],
    ['with stable twice', [to('stable', 50), to('stable', 50)], 'expected the subset stable of checkout once'],
    ['with the canary twice', [to('stable', 50), to('canary', 25), to('canary', 25)], 'and canary at most once'],
    ['of another shape', 'everywhere', 'has a shape that Sluice does not know'],
    ['with a negative weight', [to('stable', -1)], 'has a shape that Sluice does not know'],
  ])('%s is refused', async (_, splits, message) => {
    const { api, router } = await afterWrites([], []);
    await replaceSplits(api, splits);
    await expect(router.read(target)).rejects.toThrow(RouteRejectedError);
    await expect(router.read(target)).rejects.toThrow(message);
    await expect(router.write(target, { ...raise, role: 'claim' })).rejects.toThrow(message);
  });

  it('since stable has no weight that could be shared is refused where the canary is to have some', async () => {
    const { router } = await afterWrites([{ weight: 100, service: 'legacy' }, to('stable', 0)], [['claim', 0]]);
    await expect(router.write(target, raise)).rejects.toThrow('gives everything to other splits');
  });

  it.each([
    ['was not brought to Consul yet', null, 'consul-k8s has not said yet'],
    ['is without conditions', {}, 'consul-k8s has not said yet'],
    [
      'Consul refused',
      { conditions: [{ type: 'Synced', status: 'False', reason: 'ExternallyManagedConfigError', message: 'config entry already exists' }] },
      'Consul does not go by ServiceSplitter shop/checkout: ExternallyManagedConfigError: config entry already exists.',
    ],
    ['says nothing for certain', { conditions: [{ type: 'Synced', status: 'Unknown' }] }, 'its condition Synced is Unknown'],
  ])(
    'that %s is refused at the claim, moves no requests to the canary later on, and keeps no door from its write',
    async (_, status, message) => {
      const api = await clusterWith(splitter('checkout', [to('stable', 100)], status));
      await expect(routerOn(api).write(target, { ...raise, split: splitAt(0, 100), role: 'claim' })).rejects.toThrow(message);
      const claimed = await afterWrites([to('stable', 100)], [['claim', 0]]);
      await claimed.api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/status', value: status }] });
      await expect(claimed.router.write(target, raise)).rejects.toThrow(WeightNotVerifiedError);
      await expect(claimed.router.write(target, raise)).rejects.toThrow(message);
      await claimed.router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
      expect(await claimed.router.read(target)).toMatchObject([{ split: { canary: 0 }, fence: 2 }]);
    },
  );

  it('by more than weights is told so, where the spec was stored before lint knew', async () => {
    const { router } = await afterWrites([to('stable', 100)], [['claim', 0]]);
    await expect(router.write(target, { ...raise, shape: { mirrorWeight: 5 } })).rejects.toThrow('the rollout asks for mirrorWeight');
    await router.write(target, { ...raise, shape: {} });
  });

  it('since the rollout knows no subsets is refused, and a door writes its tombstone all the same', async () => {
    const { api, router } = await afterWrites([to('stable', 100)], []);
    const { subsets: _, ...without }: RouteTarget = target;
    await expect(router.read(without)).rejects.toThrow('the rollout names none');
    await expect(router.write(without, { ...raise, fence: 2, role: 'door' })).rejects.toThrow('the rollout names none');
    expect((await api.read(refTo('checkout')))?.metadata.annotations).toMatchObject({ 'fence.sluice.dev/checkout': '2' });
  });
});

describe('T2: a door, where somebody changed the splitter during the rollout', () => {
  const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;

  it.each<[string, readonly Split[], readonly Split[]]>([
    [
      'stable twice',
      [to('stable', 30), to('stable', 20, more), to('canary', 50)],
      [to('stable', 80), to('stable', 20, more), to('canary', 0)],
    ],
    [
      'the canary twice, and one of others',
      [to('stable', 40), to('canary', 30), to('canary', 20), to('v1', 10)],
      [to('stable', 90), to('canary', 0), to('canary', 0), to('v1', 10)],
    ],
  ])('writes what it can: %s', async (_, changed, expected) => {
    const { api, router } = await afterWrites(
      [to('stable', 100)],
      [
        ['claim', 0],
        ['owner', 50],
      ],
    );
    await replaceSplits(api, changed);
    await expect(router.write(target, door)).rejects.toThrow(RouteRejectedError);
    expect(await splitsOf(api)).toStrictEqual(expected);
    expect((await api.read(refTo('checkout')))?.metadata.annotations).toMatchObject({ 'fence.sluice.dev/checkout': '2' });
  });

  it('takes the canary to 0 beside weights of others, whatever they add up to', async () => {
    const { api, router } = await afterWrites(
      [to('stable', 100)],
      [
        ['claim', 0],
        ['owner', 50],
      ],
    );
    await replaceSplits(api, [to('stable', 50), to('canary', 50), to('v1', 120)]);
    await router.write(target, door);
    expect(await splitsOf(api)).toStrictEqual([to('stable', 100), to('canary', 0), to('v1', 120)]);
  });

  it('moves stable to the canary where that is the safe side', async () => {
    const { api, router } = await afterWrites(
      [to('stable', 80), to('v1', 20)],
      [
        ['claim', 0],
        ['owner', 50],
      ],
    );
    await router.write(target, { ...door, split: splitAt(100, 100) });
    expect(await splitsOf(api)).toStrictEqual([to('stable', 0), to('canary', 80), to('v1', 20)]);
  });
});

describe('somebody who is quicker', () => {
  const setUp = () => afterWrites([to('stable', 100)], [['claim', 0]]);

  it('and adds a split makes the patch fail, and it is computed anew', async () => {
    const { api } = await setUp();
    const racing = overtaken(api, () => replaceSplits(api, [to('v1', 20), to('stable', 80)]));
    await routerOn(racing).write(target, raise);
    expect(racing.results).toEqual(['conflict', 'written']);
    expect(await splitsOf(api)).toStrictEqual([to('v1', 20), to('stable', 60), to('canary', 20)]);
  });

  it('and is consul-k8s with its status does not get in the way', async () => {
    const { api } = await setUp();
    const status = { lastSyncedTime: '2026-01-01T00:00:01Z' };
    const racing = overtaken(api, () => api.write({ mergePatch: refTo('checkout'), patch: { status } }));
    await routerOn(racing).write(target, raise);
    expect(racing.results).toEqual(['written']);
  });

  it('and writes the splitter anew makes a claim start over', async () => {
    const api = await clusterWith(splitter('checkout', [to('stable', 100)]));
    const racing = overtaken(api, async () => {
      api.drop(refTo('checkout'));
      await put(api, splitter('checkout', [to('stable', 100, more)]));
    });
    await routerOn(racing).write(target, { ...raise, split: splitAt(0, 100), role: 'claim' });
    expect(racing.results).toEqual(['conflict', 'written']);
  });

  it('keeps nobody from writing text that the API server compares byte by byte', async () => {
    const odd = { requestHeaders: { set: { q: 'a<b&c' } } };
    const { api } = await afterWrites([to('stable', 100, odd)], [['claim', 0]]);
    const router = routerOn(comparingBytes(api));
    await router.write(target, raise);
    await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
    await router.removeCanary(target, 2);
    expect(await splitsOf(api)).toStrictEqual([to('stable', 100, odd)]);
  });
});
