import { describe, expect, it } from 'vitest';
import { readFilter } from '../../../../adapters/mesh/consul/subset-filter.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { clusterWith, resolver, routerOn, serviceRouter, splitter, target, to } from './splitters.ts';

const filterFor = (service: string) => `Service.Meta["k8s-service-name"] == "${service}"`;
const subsets = { stable: { filter: filterFor('checkout') }, canary: { filter: filterFor('checkout-canary') } };
const good = { defaultSubset: 'stable', subsets };
const weights = [5, 50, 100];

async function findings(objects: readonly KubernetesObject[], forbidden: readonly string[] = []) {
  const api = await clusterWith(...objects);
  for (const resource of forbidden) api.forbid(resource);
  return routerOn(api).inspect(target, { weights, shapes: [] });
}

const withResolver = (spec: Record<string, unknown>, status?: unknown) => [
  splitter('checkout', [to('stable', 100)]),
  status === undefined ? resolver('checkout', spec) : resolver('checkout', spec, status),
];

describe('what inspect finds of Consul', () => {
  it('is nothing where all is in order', async () => {
    expect(await findings(withResolver(good))).toEqual([]);
    expect(
      await findings([...withResolver(good), serviceRouter('checkout', [{ destination: { service: 'checkout', numRetries: 2 } }, {}])]),
    ).toEqual([]);
  });

  it('is the splitter that is not there, or that Consul does not go by', async () => {
    expect(await findings([])).toMatchObject([{ severity: 'refusal', subject: 'ServiceSplitter shop/checkout' }]);
    const unsynced = splitter('checkout', [to('stable', 100)], {});
    expect(await findings([unsynced, resolver('checkout', good)])).toMatchObject([
      {
        severity: 'refusal',
        message: expect.stringContaining('consul-k8s has not said yet'),
        remedy: expect.stringContaining('kubectl -n shop describe'),
      },
    ]);
  });

  it('is the resolver that is not there, with the one that there should be', async () => {
    const [finding, ...others] = await findings([splitter('checkout', [to('stable', 100)])]);
    expect(finding).toMatchObject({
      severity: 'refusal',
      subject: 'ServiceResolver shop/checkout',
      message: expect.stringContaining('There is none'),
    });
    expect(finding?.remedy).toContain('    canary: { filter: \'Service.Meta["k8s-service-name"] == "checkout-canary"\' }');
    expect(others).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no subsets', { defaultSubset: 'stable' }, 'It does not define the subset stable and canary.'],
    ['one subset', { ...good, subsets: { stable: subsets.stable } }, 'It does not define the subset canary.'],
    ['a subset without a filter', { ...good, subsets: { ...subsets, stable: {} } }, 'A subset without a filter has all pods'],
    ['the same filter twice', { ...good, subsets: { stable: subsets.stable, canary: subsets.stable } }, 'Both subsets have the filter'],
    ['tags', { ...good, subsets: { ...subsets, canary: { filter: '"canary" in Service.Tags' } } }, 'not told by Service.Meta'],
    [
      'a hyphen behind a dot',
      { ...good, subsets: { ...subsets, canary: { filter: 'Service.Meta.k8s-service-name == "checkout-canary"' } } },
      'a hyphen behind a dot',
    ],
    [
      'another Service',
      { ...good, subsets: { ...subsets, canary: { filter: filterFor('checkout-v2') } } },
      'The filter of canary asks for the pods of checkout-v2, and they are those of checkout-canary.',
    ],
    ['a redirect', { ...good, redirect: { service: 'cart' } }, 'It redirects'],
    ['another shape', { subsets: [] }, 'a shape that Sluice does not know'],
  ])('is a resolver with %s', async (_, spec, message) => {
    expect(await findings(withResolver(spec))).toMatchObject([{ severity: 'refusal', message: expect.stringContaining(message) }]);
  });

  it('is a resolver that Consul does not go by', async () => {
    const status = { conditions: [{ type: 'Synced', status: 'False', reason: 'ConsulAgentError', message: 'no answer' }] };
    expect(await findings(withResolver(good, status))).toMatchObject([
      { severity: 'refusal', message: 'Consul does not go by it: ConsulAgentError: no answer.' },
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no default subset', { subsets }, 'It has no defaultSubset: what goes past the splitter reaches all pods'],
    ['the canary as default', { ...good, defaultSubset: 'canary' }, 'Its defaultSubset is canary'],
    ['failover of the canary', { ...good, failover: { canary: { service: 'other' } } }, 'Its failover for canary'],
    ['failover of all', { ...good, failover: { '*': { service: 'other' } } }, 'Its failover for *'],
    [
      'another key',
      { ...good, subsets: { ...subsets, canary: { filter: 'Service.Meta.version == v2' } } },
      'Sluice cannot tell whether the filter of canary (Service.Meta.version == v2)',
    ],
    [
      'a filter of several parts',
      { ...good, subsets: { ...subsets, stable: { filter: `${filterFor('checkout')} and Service.Meta.zone == a` } } },
      'Sluice cannot tell whether the filter of stable',
    ],
  ])('is, as a warning, %s', async (_, spec, message) => {
    expect(await findings(withResolver(spec))).toMatchObject([{ severity: 'warning', message: expect.stringContaining(message) }]);
  });

  it('is, as a warning, a router that leads past the splitter', async () => {
    const routes = [{ destination: { service: 'cart' } }, { destination: { serviceSubset: 'stable' } }, { match: {} }];
    expect(await findings([...withResolver(good), serviceRouter('checkout', routes)])).toMatchObject([
      { severity: 'warning', subject: 'ServiceRouter shop/checkout', message: expect.stringContaining('2 of its routes lead past') },
    ]);
  });

  it('is what it may not read', async () => {
    expect(await findings(withResolver(good), ['serviceresolvers', 'servicerouters'])).toMatchObject([
      {
        severity: 'unread',
        subject: 'serviceresolvers shop/checkout',
        remedy: expect.stringContaining('serviceresolvers.consul.hashicorp.com'),
      },
      { severity: 'unread', subject: 'servicerouters shop/checkout' },
    ]);
  });

  it('is that others keep a share, and a step that cannot be said beside it', async () => {
    const half = splitter('checkout', [to('stable', 50), { weight: 50, service: 'legacy' }]);
    expect(await findings([half, resolver('checkout', good)])).toMatchObject([
      {
        severity: 'warning',
        message: 'Other splits have 50 of 100 and keep it: a weight of 100 gives the canary 50 in a hundred requests.',
      },
    ]);
    const third = splitter('checkout', [to('stable', 33.33), { weight: 66.67, service: 'legacy' }]);
    expect(await findings([third, resolver('checkout', good)])).toMatchObject([
      {
        severity: 'refusal',
        message: expect.stringContaining('5 of 100 of that is no weight'),
        remedy: expect.stringContaining('whole numbers'),
      },
    ]);
  });
});

describe('a filter', () => {
  it.each([
    ['Service.Meta.version == v1', { key: 'version', value: 'v1' }],
    ['Service.Meta.version=="1.2.3"', { key: 'version', value: '1.2.3' }],
    [' Service.Meta["k8s-service-name"] == checkout-canary ', { key: 'k8s-service-name', value: 'checkout-canary' }],
    ['Service.Meta["a b"] == `c d`', { key: 'a b', value: 'c d' }],
    ['Service.Meta.version != v1', undefined],
    ['Service.Meta.version == v1 or Service.Meta.version == v2', undefined],
    ['not Service.Meta.version == v1', undefined],
    ['v1 in Service.Tags', undefined],
    ['', undefined],
  ])('%s is read as %j', (filter, read) => {
    expect(readFilter(filter)).toEqual(read);
  });
});
