import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesObject, RouteTarget } from '../../../../core/ports.ts';
import type { Finding } from '../../../../core/preflight/finding.ts';
import { clusterWith, foreignRule, mainRule, type Rule, target, to, virtualService } from './virtual-services.ts';

/** What is said of VirtualServices. */
async function findings(
  objects: readonly KubernetesObject[],
  weights: readonly number[] = [5, 50, 100],
  of: RouteTarget = target,
): Promise<Finding[]> {
  const all = await createRouter('istio', await clusterWith(...objects)).inspect(of, { weights, shapes: [] });
  return all.filter(({ subject }) => subject.startsWith('VirtualService'));
}

const others = (stable: number, rest: number): Rule => ({ name: 'main', route: [to('checkout', stable), to('legacy', rest)] });

describe('before a rollout begins', () => {
  it('nothing is said where all is well', async () => {
    expect(await findings([virtualService('checkout', [foreignRule, mainRule])])).toEqual([]);
  });

  it.each([
    [50, [5], 2],
    [50, [2, 50, 100], undefined],
    [90, [5, 10, 33], 10],
    [1, [1, 50, 100], 100],
    [100, [1, 99], undefined],
  ])('a rule that others share, and that leaves %i, says weights %o if all are multiplied by %s', async (stable, weights, factor) => {
    const found = await findings([virtualService('checkout', [others(stable, 10)])], weights);
    if (factor === undefined) expect(found).toEqual([]);
    else {
      expect(found).toMatchObject([{ severity: 'refusal', subject: 'VirtualService shop/checkout' }]);
      expect(found[0]?.remedy).toContain(`Multiply all weights of the rule by ${factor},`);
      const multiplied = others(stable * factor, 10 * factor);
      expect(await findings([virtualService('checkout', [multiplied])], weights)).toEqual([]);
    }
  });

  it.each<[string, Rule]>([
    ['no match', { name: 'all', route: [to('assets')] }],
    ['an empty list of matches', { match: [], redirect: { uri: '/' } }],
    ['a match of every path', { name: 'all', match: [{ name: 'any', uri: { prefix: '/' } }], route: [to('assets')] }],
  ])('a rule behind one with %s is refused, since it never gets a request', async (_what, before) => {
    const found = await findings([virtualService('checkout', [before, mainRule])]);
    expect(found).toMatchObject([{ severity: 'refusal', message: expect.stringContaining('http route main never gets a request') }]);
  });

  it.each<[string, Rule]>([
    ['of one path', { match: [{ uri: { prefix: '/static' } }], route: [to('assets')] }],
    ['of one header', { match: [{ uri: { prefix: '/' }, headers: { a: {} } }], route: [to('assets')] }],
  ])('a rule behind one %s is not', async (_what, before) => {
    expect(await findings([virtualService('checkout', [before, mainRule])])).toEqual([]);
  });

  it('another rule that leads to stable is told, unless it is steered too', async () => {
    const objects = [virtualService('checkout', [{ ...mainRule, name: 'admin' }, mainRule])];
    expect(await findings(objects)).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('http route admin leads to checkout too') },
    ]);
    const both = { ...target, routes: ['main', 'admin'].map((http) => ({ virtualService: 'checkout', http })) };
    expect(await findings(objects, [5], both)).toEqual([]);
  });

  const speaking = (hosts: readonly string[], gateways?: readonly string[]): KubernetesObject => {
    const object = virtualService('another', [foreignRule]);
    const { gateways: _, ...spec } = object['spec'] as Rule;
    return { ...object, spec: { ...spec, hosts, ...(gateways === undefined ? {} : { gateways }) } };
  };
  it.each<[string, KubernetesObject, boolean]>([
    ['by its short name', speaking(['checkout']), true],
    ['by its full name', speaking(['a.example.com', 'checkout.shop.svc.cluster.local'], ['mesh']), true],
    ['at a gateway, where Istio merges them', speaking(['checkout'], ['istio-system/public']), false],
    ['for another host', speaking(['cart']), false],
  ])('another VirtualService that speaks for the host %s', async (_what, other, told) => {
    const found = await findings([virtualService('checkout', [mainRule]), other]);
    const message =
      'VirtualService shop/another speaks for checkout.shop.svc.cluster.local within the mesh too, and sidecars follow only one of the two.';
    expect(found).toMatchObject(told ? [{ severity: 'warning', subject: 'VirtualService shop/checkout', message }] : []);
  });

  it('what may not be listed is told', async () => {
    const api = await clusterWith(virtualService('checkout', [mainRule]));
    const listing = api.list.bind(api);
    api.list = (ref, selector) => {
      if (ref.resource === 'virtualservices') api.forbid('virtualservices');
      return listing(ref, selector);
    };
    const found = await createRouter('istio', api).inspect(target, { weights: [5], shapes: [] });
    expect(found).toContainEqual(expect.objectContaining({ severity: 'unread', subject: 'VirtualServices of shop' }));
  });

  it('a missing VirtualService, and a rule that cannot be steered, are refusals', async () => {
    expect(await findings([])).toMatchObject([{ severity: 'refusal', message: 'There is no VirtualService shop/checkout.' }]);
    expect(await findings([virtualService('checkout', [foreignRule])])).toMatchObject([{ severity: 'refusal' }]);
  });

  it('the DestinationRules of subsets are looked at too', async () => {
    const of: RouteTarget = { ...target, subsets: { host: 'checkout', stable: 'stable', canary: 'canary' } };
    const rule = { name: 'main', route: [{ destination: { host: 'checkout', subset: 'stable' } }] };
    const found = await createRouter('istio', await clusterWith(virtualService('checkout', [rule]))).inspect(of, {
      weights: [5],
      shapes: [],
    });
    expect(found.some(({ severity }) => severity === 'refusal')).toBe(true);
  });
});
