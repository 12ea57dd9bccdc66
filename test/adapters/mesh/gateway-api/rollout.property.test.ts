import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, prefix, type Rule, refTo, route, rulesOf, target, to } from './gateway-routes.ts';

const none = fc.constant(undefined);
const optional = <T>(field: string, value: fc.Arbitrary<T>) =>
  fc.oneof(none, value).map((found): Rule => (found === undefined ? {} : { [field]: found }));
const joined = (...parts: fc.Arbitrary<Rule>[]) => fc.tuple(...parts).map((found): Rule => Object.assign({}, ...found) as Rule);

const weight = fc.oneof(none, fc.integer({ min: 1, max: 200 }));
const modifier = joined(
  optional('add', fc.constantFrom([], [{ name: 'x-a', value: '1' }])),
  optional('set', fc.constantFrom([{ name: 'x-b', value: '<2>' }])),
  optional('remove', fc.constantFrom(['server'])),
).map((responseHeaderModifier): Rule => ({ type: 'ResponseHeaderModifier', responseHeaderModifier }));
const backendFilters = optional(
  'filters',
  fc.oneof(
    fc.constant([]),
    modifier.map((one) => [one]),
  ),
);
const ruleFilters = optional(
  'filters',
  fc.constantFrom(
    [],
    [{ type: 'CORS', cors: { maxAge: 5 } }],
    [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }],
  ),
);
const matches = optional(
  'matches',
  fc.constantFrom(
    [],
    [prefix('/')],
    [prefix('/a'), prefix('/b', { method: 'GET' })],
    [
      prefix('/', {
        headers: [{ type: 'Exact', name: 'x-tenant', value: 'a&b' }],
        queryParams: [{ type: 'Exact', name: 'v', value: '1' }],
      }),
    ],
  ),
);
const timeouts = optional('timeouts', fc.constantFrom({}, { request: '10s' }, { request: '1m', backendRequest: '30s' }));
const unknown = optional('futureField', fc.constantFrom(null, [1, { of: '<it>' }]));

const stable = fc
  .tuple(weight, backendFilters, unknown)
  .map(([found, ...more]) => to('checkout', found, Object.assign({}, ...more) as Rule));
const other = fc.tuple(fc.constantFrom('legacy', 'next'), weight).map(([name, found]) => to(name, found));
const backends = fc
  .tuple(fc.array(other, { maxLength: 2 }), stable, fc.array(other, { maxLength: 1 }))
  .map(([before, one, after]) => [...before, one, ...after]);

const steered = fc
  .tuple(joined(optional('name', fc.constant('main')), matches, ruleFilters, timeouts, unknown), backends)
  .map(([rule, backendRefs]): Rule => ({ ...rule, backendRefs }));
const foreign = fc
  .tuple(joined(optional('name', fc.constantFrom('a', 'b')), matches, unknown), fc.array(other, { maxLength: 2 }))
  .map(([rule, backendRefs]): Rule => ({ ...rule, backendRefs }));
const rules = fc.tuple(fc.array(foreign, { maxLength: 2 }), steered, fc.array(foreign, { maxLength: 2 }));

const header = fc.constant({ header: { name: 'x-beta', exact: 'a<b' } });
const match = fc.array(
  fc.oneof(header, fc.constant({ cookie: { name: 'beta', regex: '.+' } }), fc.constant({ query: { name: 'beta', prefix: 'y' } })),
  { minLength: 1, maxLength: 3 },
);
const affinity = fc.constant({ cookie: 'side', maxAgeSeconds: 60 });
const resilience = fc.constantFrom({ timeoutSeconds: 3 }, { timeoutSeconds: 90 });
const shape: fc.Arbitrary<TrafficShape> = fc.oneof(
  fc.constant({}),
  fc.constant({ mirrorWeight: 5 }),
  joined(optional('match', match), optional('affinity', affinity), optional('resilience', resilience)) as fc.Arbitrary<TrafficShape>,
);
const steps = fc.array(fc.tuple(fc.constantFrom(0, 1, 5, 25, 50, 99, 100), shape), { maxLength: 5 });

describe('a rollout of any route, by any steps', () => {
  it('T4, T5: touches nothing of others, reads what it wrote, and leaves the route as it was', async () => {
    const property = fc.asyncProperty(rules, steps, fc.boolean(), async ([before, main, after], plan, twice) => {
      const original = [...before, main, ...after];
      const api = await clusterWith(route('checkout', original));
      const router = createRouter('gatewayApi', api);
      const of = { ...target, routes: [{ httpRoute: 'checkout' }] };
      const rulesNow = () => rulesOf(api);
      await router.write(of, { split: splitAt(0, 100), fence: 1, role: 'claim' });
      expect(await rulesNow()).toStrictEqual(original);
      for (const [canary, asked] of plan) {
        const found = await rulesNow();
        try {
          await router.write(of, { split: splitAt(canary, 100), fence: 1, role: 'owner', shape: asked });
          expect(await router.read(of)).toMatchObject([{ split: { canary } }]);
        } catch (error) {
          // Weights that no integers say, or no room: then nothing is written.
          expect(error).toBeInstanceOf(RouteRejectedError);
          expect(await rulesNow()).toStrictEqual(found);
        }
        const others = (await rulesNow()).filter(({ backendRefs, name }) => !String(name).startsWith('sluice-') && !leads(backendRefs));
        expect(others).toStrictEqual([...before, ...after]);
      }
      await router.write(of, { split: splitAt(0, 100), fence: 2, role: 'door' });
      if (twice) await router.write(of, { split: splitAt(0, 100), fence: 3, role: 'door' });
      await router.removeCanary(of, 3);
      expect(await rulesNow()).toStrictEqual(original);
      expect(Object.keys((await api.read(refTo('checkout')))?.metadata.annotations ?? {})).toEqual(['fence.sluice.dev/checkout']);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

function leads(backendRefs: unknown): boolean {
  return (backendRefs as readonly { readonly name: string }[]).some(({ name }) => name === 'checkout');
}
