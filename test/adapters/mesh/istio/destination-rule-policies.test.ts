import { describe, expect, it } from 'vitest';
import {
  type CanaryHost,
  ensureCanaryDestinationRule,
  removeCanaryDestinationRule,
} from '../../../../adapters/mesh/istio/destination-rule-policies.ts';
import { ClusterForbiddenError, FencedError, WorkloadRejectedError } from '../../../../core/errors.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { earlier, field, later, owner } from '../../eks/workload/manifests.ts';
import { clusterWithRules, destinationRule, putRule, ruleRef, stablePolicy, stableRule } from './destination-rules.ts';

const hosts: CanaryHost = { namespace: 'shop', stableService: 'checkout', canaryService: 'checkout-canary' };
const withSubsets: CanaryHost = { ...hosts, subsets: { host: 'checkout-all', stable: 'stable', canary: 'canary' } };
const breaking = { consecutive5xx: 5, intervalSeconds: 10, ejectionSeconds: 30, mostOutPercent: 50 };
const written = { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s', maxEjectionPercent: 50 };

const ensure = (api: KubernetesApi, asked?: typeof breaking, by = owner, of = hosts) => ensureCanaryDestinationRule(api, of, by, asked);
const canaryRule = (api: FakeKubernetes) => api.peek(ruleRef('checkout-canary'));
const policyOf = (api: FakeKubernetes) => field(canaryRule(api), 'spec', 'trafficPolicy');

describe("the canary's DestinationRule", () => {
  it("says of the canary's host what stable's says of its own, and is Sluice's", async () => {
    const api = await clusterWithRules(stableRule);
    expect(await ensure(api)).toBe('created');
    expect(canaryRule(api)).toMatchObject({
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: {
        labels: { team: 'shop', 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/side': 'canary' },
        annotations: { 'sluice.dev/rollout': 'checkout', 'sluice.dev/rollout-id': 'checkout-7', 'sluice.dev/fence': '7' },
      },
    });
    expect(canaryRule(api)?.['spec']).toEqual({ host: 'checkout-canary', trafficPolicy: stablePolicy, exportTo: ['.'] });
    expect(Object.keys(canaryRule(api)?.metadata.labels ?? {})).not.toContain('helm.sh/chart');
    expect(Object.keys(canaryRule(api)?.metadata.annotations ?? {})).toHaveLength(3);
  });

  it("leaves stable's as it is", async () => {
    const api = await clusterWithRules(stableRule);
    const before = api.peek(ruleRef('checkout'));
    await ensure(api, breaking);
    expect(api.peek(ruleRef('checkout'))).toEqual(before);
  });

  it("puts the circuit breaking that the spec asks for over stable's, and keeps what it does not speak of", async () => {
    const api = await clusterWithRules(stableRule);
    await ensure(api, breaking);
    expect(policyOf(api)).toEqual({
      ...stablePolicy,
      outlierDetection: { ...stablePolicy.outlierDetection, ...written },
    });
  });

  it('writes circuit breaking for each port that has settings of its own, since those take the place of all others', async () => {
    const ports = [
      { port: { number: 80 }, connectionPool: { tcp: { maxConnections: 1 } } },
      { port: { number: 9090 }, outlierDetection: { minHealthPercent: 10 } },
    ];
    const api = await clusterWithRules(destinationRule('checkout', { host: 'checkout', trafficPolicy: { portLevelSettings: ports } }));
    await ensure(api, breaking);
    expect(policyOf(api)).toEqual({
      outlierDetection: written,
      portLevelSettings: [
        { ...ports[0], outlierDetection: written },
        { ...ports[1], outlierDetection: { minHealthPercent: 10, ...written } },
      ],
    });
  });

  it('holds no more than what the spec asks for where stable has none', async () => {
    const api = await clusterWithRules();
    expect(await ensure(api, breaking)).toBe('created');
    expect(canaryRule(api)?.['spec']).toEqual({ host: 'checkout-canary', trafficPolicy: { outlierDetection: written } });
  });

  it.each([
    ['stable has no rule', []],
    ["stable's has subsets only", [destinationRule('checkout', { host: 'checkout', subsets: [{ name: 'v1' }] })]],
    ['the rule is of another service', [destinationRule('cart', { host: 'cart', trafficPolicy: stablePolicy })]],
    [
      "the rule's host is half written, so that Istio does not heed it",
      [destinationRule('c', { host: 'checkout.shop', trafficPolicy: {} })],
    ],
    ['a wildcard covers both', [destinationRule('all', { host: '*.shop.svc.cluster.local', trafficPolicy: stablePolicy })]],
    ['it could not be read by Istio either', [destinationRule('checkout', { trafficPolicy: stablePolicy })]],
  ])('is not made where %s and the spec asks for nothing', async (_what, rules) => {
    const api = await clusterWithRules(...rules);
    expect(await ensure(api)).toBe('none');
    expect(canaryRule(api)).toBeUndefined();
  });

  it('keeps what a wildcard says where the spec asks for more, since it takes its place', async () => {
    const api = await clusterWithRules(
      destinationRule('all', { host: '*.local', trafficPolicy: { tls: { mode: 'DISABLE' } } }),
      destinationRule('shop', { host: '*.shop.svc.cluster.local', trafficPolicy: stablePolicy }),
    );
    await ensure(api, breaking);
    expect(policyOf(api)).toMatchObject({ connectionPool: stablePolicy.connectionPool, outlierDetection: written });
  });

  it('follows the full name of the host, and the oldest of several rules, as Istio does', async () => {
    const policy = (maxConnections: number) => ({ connectionPool: { tcp: { maxConnections } } });
    const made = (name: string, day: number, spec: object) =>
      destinationRule(name, { host: 'checkout', ...spec }, { creationTimestamp: `2026-01-0${day}T00:00:00Z` });
    const api = await clusterWithRules(
      made('a', 3, { trafficPolicy: policy(3) }),
      made('b', 2, { host: 'checkout.shop.svc.cluster.local', trafficPolicy: policy(2) }),
      made('c', 1, { subsets: [] }),
      made('d', 0, { trafficPolicy: policy(0), workloadSelector: { matchLabels: { app: 'cart' } } }),
    );
    await ensure(api);
    expect(policyOf(api)).toEqual(policy(2));
  });

  it('is for the same callers as the only rule of stable', async () => {
    const workloadSelector = { matchLabels: { app: 'cart' } };
    const api = await clusterWithRules(destinationRule('checkout', { host: 'checkout', trafficPolicy: stablePolicy, workloadSelector }));
    await ensure(api);
    expect(field(canaryRule(api), 'spec', 'workloadSelector')).toEqual(workloadSelector);
  });

  it("stays as it was made when stable's changes, or is gone", async () => {
    const api = await clusterWithRules(stableRule);
    await ensure(api);
    const made = canaryRule(api);
    api.drop(ruleRef('checkout'));
    expect(await ensure(api)).toBe('none');
    await putRule(api, destinationRule('checkout', { host: 'checkout', trafficPolicy: { tls: { mode: 'DISABLE' } } }));
    expect(await ensure(api)).toBe('unchanged');
    expect(canaryRule(api)).toEqual(made);
  });

  it('is written anew over what an earlier run left behind, and taken away where nothing is wanted any more', async () => {
    const api = await clusterWithRules(destinationRule('checkout', { host: 'checkout', trafficPolicy: { tls: { mode: 'DISABLE' } } }));
    await ensure(api, breaking, earlier);
    api.drop(ruleRef('checkout'));
    await putRule(api, stableRule);
    expect(await ensure(api)).toBe('takenOver');
    expect(policyOf(api)).toEqual(stablePolicy);
    api.drop(ruleRef('checkout'));
    expect(await ensure(api, undefined, { ...later })).toBe('none');
    expect(canaryRule(api)).toBeUndefined();
  });

  it("gives way to a later owner's", async () => {
    const api = await clusterWithRules(stableRule);
    await ensure(api, undefined, later);
    await expect(ensure(api)).rejects.toThrow(FencedError);
  });

  it("is not made beside the user's own for the canary's host, which refuses circuit breaking that the spec asks for", async () => {
    const own = destinationRule('mine', { host: 'checkout-canary', trafficPolicy: { tls: { mode: 'DISABLE' } } });
    const api = await clusterWithRules(stableRule, own);
    expect(await ensure(api)).toBe('none');
    await expect(ensure(api, breaking)).rejects.toThrow(/DestinationRule shop\/mine is yours/);
    expect(canaryRule(api)).toBeUndefined();
  });

  it("refuses somebody else's rule of its name", async () => {
    const api = await clusterWithRules(stableRule, destinationRule('checkout-canary', { host: 'cart' }));
    await expect(ensure(api)).rejects.toThrow(WorkloadRejectedError);
    expect(field(canaryRule(api), 'spec', 'host')).toBe('cart');
  });

  it('is not made between subsets, where circuit breaking of one side is refused', async () => {
    const api = await clusterWithRules(stableRule);
    expect(await ensure(api, undefined, owner, withSubsets)).toBe('none');
    await expect(ensure(api, breaking, owner, withSubsets)).rejects.toThrow(/your DestinationRule, which Sluice does not edit/);
    expect(api.writes).toHaveLength(1);
  });

  it('is done without where rules may not be read, but not where the spec asks for circuit breaking', async () => {
    const api = await clusterWithRules(stableRule);
    api.forbid('destinationrules');
    expect(await ensure(api)).toBe('unread');
    await expect(ensure(api, breaking)).rejects.toThrow(ClusterForbiddenError);
  });

  it('says what is wrong where the cluster serves no such kind, and circuit breaking is asked for', async () => {
    const api = new FakeKubernetes();
    api.write = async () => ({ status: 'notFound' });
    expect(await ensure(api)).toBe('none');
    await expect(ensure(api, breaking)).rejects.toThrow('does not serve destinationrules of networking.istio.io/v1');
  });
});

describe("removing the canary's DestinationRule", () => {
  const remove = (api: KubernetesApi, of = hosts) => removeCanaryDestinationRule(api, of, owner);

  it.each([
    ['this run', owner],
    ['an earlier run', earlier],
  ])('takes away what %s made, once, and leaves the others', async (_what, by) => {
    const api = await clusterWithRules(stableRule);
    await ensure(api, breaking, by);
    expect([await remove(api), await remove(api)]).toEqual(['removed', 'absent']);
    expect([canaryRule(api), api.peek(ruleRef('checkout'))?.kind]).toEqual([undefined, 'DestinationRule']);
  });

  it.each([
    [
      "a later owner's",
      destinationRule('checkout-canary', { host: 'x' }, { annotations: { 'sluice.dev/rollout': 'checkout', 'sluice.dev/fence': '8' } }),
    ],
    ["somebody else's", destinationRule('checkout-canary', { host: 'checkout-canary' })],
  ])('leaves %s', async (_what, rule) => {
    const api = await clusterWithRules(rule);
    expect(await remove(api)).toBe('kept');
    expect(canaryRule(api)).toBeDefined();
  });

  it('does not keep a rollout from its end where rules may not be read, and asks nothing between subsets', async () => {
    const api = await clusterWithRules(stableRule);
    api.forbid('destinationrules');
    expect(await remove(api)).toBe('unread');
    expect(await remove(api, withSubsets)).toBe('absent');
  });
});
