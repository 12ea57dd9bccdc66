import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi, RouteTarget } from '../../../../core/ports.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, type Rule, refTo, rulesOf, target, to, virtualService } from './virtual-services.ts';

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const without = (rule: Rule): Rule => Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));

const path = fc.constantFrom('/', '/a', '/b&c', '/d');
const match = fc.record({ uri: fc.record({ prefix: path }), sourceLabels: fc.constant({ app: 'shop' }) }, { requiredKeys: [] });
const headers = fc.constantFrom<unknown[]>(
  {},
  { response: {} },
  { response: { add: {} } },
  { request: { set: { a: '1' } } },
  { response: { add: { b: '2' }, remove: ['server'] } },
);
/** Fields that any rule may have, some of which shapes write and most of which they do not. */
const fields = fc.record(
  {
    timeout: fc.constantFrom('2s', '7s'),
    retries: fc.constantFrom<unknown[]>({ attempts: 0 }, { attempts: 3, retryOn: '5xx' }),
    mirrors: fc.constantFrom<unknown[]>([], [{ destination: { host: 'shadow' } }]),
    headers: fc.constantFrom<unknown[]>({}, { request: { remove: ['x'] } }),
    corsPolicy: fc.constant({ maxAge: '24h' }),
    futureField: fc.constantFrom<unknown[]>(null, 7, ['x', { y: '<&>' }]),
  },
  { requiredKeys: [] },
);

const foreign: fc.Arbitrary<Rule> = fc
  .tuple(
    maybe(fc.constantFrom('static', 'old', 'sluice-cart-match')),
    maybe(fc.array(match, { maxLength: 2 })),
    fields,
    fc.constantFrom<Rule[]>(
      { route: [to('assets', 30), to('assets-next', 70)] },
      { redirect: { uri: '/' } },
      { delegate: { name: 'other' } },
    ),
  )
  .map(([name, match, more, does]) => without({ name, match, ...more, ...does }));

const steered: fc.Arbitrary<Rule> = fc
  .tuple(
    maybe(fc.constant('main')),
    maybe(fc.array(match, { maxLength: 3 })),
    fields,
    maybe(headers),
    fc.constantFrom(0, 100, 200),
    maybe(fc.constant(100)),
  )
  .map(([name, match, more, ofDestination, shared, weight]) => {
    const stable = to('checkout.shop', shared > 0 ? shared : weight, without({ headers: ofDestination, futureField: 1 }));
    const others = shared > 0 ? [to('legacy', 50), to('old', 10)] : [];
    return without({ name, match, ...more, route: [...others.slice(0, 1), stable, ...others.slice(1)] });
  });

const shape: fc.Arbitrary<TrafficShape> = fc.record(
  {
    match: fc.constantFrom<NonNullable<TrafficShape['match']>[]>(
      [{ header: { name: 'x-beta', exact: 'yes' } }],
      [{ cookie: { name: 'beta', prefix: 'y' } }, { query: { name: 'v', regex: '[0-9]' } }],
    ),
    affinity: fc.constant({ cookie: 'side', maxAgeSeconds: 60 }),
    mirrorWeight: fc.constantFrom(0, 1, 100),
    resilience: fc.constantFrom<NonNullable<TrafficShape['resilience']>[]>(
      { timeoutSeconds: 7 },
      { timeoutSeconds: 3, retries: { attempts: 2, on: ['5xx'] } },
    ),
  },
  { requiredKeys: [] },
);
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), shape), { maxLength: 4 });

/** As JSON has it. A VirtualService whose steered rule stands somewhere among those of others, with or without annotations. */
const cases = fc
  .record({
    before: fc.array(foreign, { maxLength: 2 }),
    rule: steered,
    behind: fc.array(foreign, { maxLength: 2 }),
    annotations: maybe(fc.constant({ 'example.com/owner': 'shop' })),
    steps,
    repeats: fc.boolean(),
  })
  .map((one): typeof one => JSON.parse(JSON.stringify(one)));

async function contents(api: KubernetesApi) {
  const { resourceVersion: _, generation: __, annotations, ...metadata } = (await api.read(refTo('checkout')))?.metadata ?? { name: '' };
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('fence.'));
  return { metadata, annotations: Object.fromEntries(kept), rules: await rulesOf(api) };
}

describe('T4: whatever the VirtualService, and whatever the rollout did', () => {
  it('a rollback gives it back as it was, but for the fence', async () => {
    const property = fc.asyncProperty(cases, async ({ before, rule, behind, annotations, steps, repeats }) => {
      const of: RouteTarget = {
        ...target,
        routes: [{ virtualService: 'checkout', ...(rule['name'] === undefined ? {} : { http: 'main' }) }],
      };
      const api = await clusterWith(virtualService('checkout', [...before, rule, ...behind], annotations));
      const found = await contents(api);
      const router = createRouter('istio', api);
      await router.write(of, { split: splitAt(0, 100), fence: 1, role: 'claim' });
      for (const [weight, shape] of steps) {
        const write = { split: splitAt(weight, 100), fence: 1, role: 'owner', shape } as const;
        expect(await router.write(of, write)).toMatchObject([{ split: write.split, fence: 1 }]);
        const written = await api.read(refTo('checkout'));
        if (repeats) await router.write(of, write);
        expect(await api.read(refTo('checkout'))).toEqual(written);
      }
      await router.write(of, { split: splitAt(0, 100), fence: 2, role: 'door' });
      await router.removeCanary(of, 2);
      expect(await contents(api)).toStrictEqual(found);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('T5: what somebody else edits of the steered rule meanwhile stays, and the rest is as it was', async () => {
    const edits = fc.constantFrom<[string, unknown][]>(
      ['timeout', '99s'],
      ['retries', { attempts: 99 }],
      ['fault', { abort: { httpStatus: 418 } }],
      ['rewrite', { uri: '/v2' }],
    );
    const property = fc.asyncProperty(cases, edits, fc.nat({ max: 4 }), async ({ before, rule, behind, steps }, [field, value], when) => {
      const named = { ...rule, name: 'main' };
      const api = await clusterWith(virtualService('checkout', [...before, named, ...behind]));
      const router = createRouter('istio', api);
      await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
      for (const [index, [weight, shape]] of [...steps, [0, {}] as const].entries()) {
        if (index === Math.min(when, steps.length)) {
          const at = (await rulesOf(api)).findIndex(({ name }) => name === 'main');
          await api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: `/spec/http/${at}/${field}`, value }] });
        }
        await router.write(target, { split: splitAt(weight, 100), fence: 1, role: 'owner', shape });
      }
      await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
      await router.removeCanary(target, 2);
      expect(await rulesOf(api)).toStrictEqual([...before, { ...named, [field]: value }, ...behind]);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
