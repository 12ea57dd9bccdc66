import { describe, expect, it } from 'vitest';
import { inspectDestinationRules } from '../../../../adapters/mesh/istio/destination-rule-findings.ts';
import { inspectOutlierDetection } from '../../../../adapters/mesh/istio/destination-rule-outlier-detection.ts';
import { ensureCanaryDestinationRule } from '../../../../adapters/mesh/istio/destination-rule-policies.ts';
import { ClusterUnavailableError } from '../../../../core/errors.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { owner } from '../../eks/workload/manifests.ts';
import { clusterWithRules, destinationRule, stablePolicy, stableRule } from './destination-rules.ts';
import { target } from './virtual-services.ts';

const breaking = { consecutive5xx: 5, intervalSeconds: 10, ejectionSeconds: 30, mostOutPercent: 50 };

async function inspect(rules: readonly KubernetesObject[]) {
  return inspectDestinationRules(await clusterWithRules(...rules), target);
}

async function inspectBreaking(...rules: readonly KubernetesObject[]) {
  return inspectOutlierDetection(await clusterWithRules(...rules), target);
}

const rule = (name: string, spec: object, day = 1) =>
  destinationRule(name, { host: 'checkout', ...spec }, { creationTimestamp: `2026-01-0${day}T00:00:00Z` });

describe('what DestinationRules let expect of a rollout between two Services', () => {
  it.each([
    ['there are none', []],
    ["stable's will be copied", [stableRule]],
    ['TLS of stable is switched off, which the copy carries over', [rule('checkout', { trafficPolicy: { tls: { mode: 'DISABLE' } } })]],
    [
      'one rule is for everybody and another only adds what is for one caller',
      [stableRule, rule('b', { workloadSelector: { matchLabels: { a: 'b' } } })],
    ],
    ['other services have two', [{ ...rule('a', { host: 'cart' }) }, rule('b', { host: 'cart', trafficPolicy: { retries: {} } })]],
  ])('is nothing where %s', async (_what, rules) => {
    expect(await inspect(rules)).toEqual([]);
  });

  it('is nothing of the rule that the rollout itself has made', async () => {
    const api = await clusterWithRules(stableRule);
    await ensureCanaryDestinationRule(api, target, owner, breaking);
    expect(await inspectDestinationRules(api, target)).toEqual([]);
    expect(await inspectOutlierDetection(api, target)).toEqual([]);
  });

  it('warns of two rules for one host, and says whose policy counts', async () => {
    const rules = [
      rule('new', { trafficPolicy: stablePolicy }, 2),
      rule('old', { host: 'checkout.shop.svc.cluster.local', trafficPolicy: stablePolicy }, 1),
    ];
    expect(await inspect(rules)).toEqual([
      {
        severity: 'warning',
        subject: 'DestinationRules old, new of namespace shop',
        message:
          'All of them rule checkout. Istio takes the oldest policy, that of old, and of the others no more than subsets of other names.',
        remedy: 'Make one of them.',
      },
    ]);
  });

  it('warns of a host that Istio does not complete', async () => {
    expect(await inspect([rule('checkout', { host: 'checkout.shop', trafficPolicy: stablePolicy })])).toMatchObject([
      { severity: 'warning', subject: 'DestinationRule shop/checkout', remedy: 'Write checkout, or checkout.shop.svc.cluster.local.' },
    ]);
  });

  it('warns of a rule for some callers that is not copied', async () => {
    const selective = rule('for-cart', { trafficPolicy: stablePolicy, workloadSelector: { matchLabels: { app: 'cart' } } });
    expect(await inspect([stableRule, selective])).toMatchObject([
      { severity: 'warning', subject: 'DestinationRule shop/for-cart', remedy: expect.stringContaining('host: checkout-canary') },
    ]);
    expect(await inspect([selective])).toEqual([]);
    const alike = destinationRule('for-cart-too', { ...(selective['spec'] as object), host: 'checkout-canary' });
    expect(await inspect([stableRule, selective, alike])).toEqual([]);
    expect(await inspectBreaking(stableRule, selective, alike)).toEqual([]);
  });

  it('warns of retries that are written where they have no effect', async () => {
    expect(await inspect([rule('checkout', { trafficPolicy: { retries: { attempts: 3 } } })])).toMatchObject([
      { severity: 'warning', remedy: expect.stringContaining('spec.http[].retries') },
    ]);
  });

  it("refuses a rule of the user's own for the canary's host where TLS to it is another", async () => {
    const own = rule('own', { host: 'checkout-canary', trafficPolicy: { ...stablePolicy, tls: { mode: 'DISABLE' } } });
    expect(await inspect([stableRule, own])).toEqual([
      {
        severity: 'refusal',
        subject: 'DestinationRule shop/own',
        message: 'TLS to checkout-canary is DISABLE, and to checkout ISTIO_MUTUAL.',
        remedy: 'Give both sides one trafficPolicy.tls.mode.',
      },
    ]);
  });

  it("takes Istio's own mTLS for the same whether it is written or not, and warns of other policies that differ", async () => {
    const { tls: _tls, connectionPool: _pool, ...rest } = stablePolicy;
    expect(await inspect([stableRule, rule('own', { host: 'checkout-canary', trafficPolicy: rest })])).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('connectionPool of checkout-canary and of checkout are not the same') },
    ]);
    expect(await inspect([stableRule, rule('own', { host: 'checkout-canary', trafficPolicy: stablePolicy })])).toEqual([]);
  });

  it('refuses a rule of something else under the name that the canary needs, where it needs one', async () => {
    const taken = rule('checkout-canary', { host: 'cart' });
    expect(await inspect([stableRule, taken])).toMatchObject([{ severity: 'refusal', subject: 'DestinationRule shop/checkout-canary' }]);
    expect(await inspect([taken])).toEqual([]);
  });

  it('says what could not be read, and is no error', async () => {
    const api = await clusterWithRules(stableRule);
    api.forbid('destinationrules');
    expect(await inspectDestinationRules(api, target)).toMatchObject([
      {
        severity: 'unread',
        subject: 'DestinationRules of namespace shop',
        message: expect.stringContaining('destinationrules is forbidden'),
      },
    ]);
  });

  it('is not known where the cluster does not answer', async () => {
    const api = await clusterWithRules();
    api.list = async () => {
      throw new ClusterUnavailableError('No answer.', { remedy: 'Try again.' });
    };
    await expect(inspectDestinationRules(api, target)).rejects.toThrow(ClusterUnavailableError);
  });
});

describe('what speaks against circuit breaking of the canary alone', () => {
  it('is nothing where stable has a rule that is copied', async () => {
    expect(await inspectBreaking(stableRule)).toEqual([]);
  });

  it("is the user's own rule for the canary's host", async () => {
    expect(await inspectBreaking(stableRule, rule('own', { host: 'checkout-canary', trafficPolicy: stablePolicy }))).toMatchObject([
      { severity: 'refusal', subject: 'DestinationRule shop/own', message: expect.stringContaining('is yours') },
    ]);
  });

  it('is a rule of something else under the name that it needs', async () => {
    expect(await inspectBreaking(rule('checkout-canary', { host: 'cart' }))).toMatchObject([
      { severity: 'refusal', subject: 'DestinationRule shop/checkout-canary' },
      { severity: 'unread' },
    ]);
  });

  it('may be a rule outside of the namespace, where stable has none in it', async () => {
    expect(await inspectBreaking()).toMatchObject([{ severity: 'unread', subject: 'DestinationRules outside of namespace shop' }]);
  });

  it('is that rules may not be read', async () => {
    const api = await clusterWithRules();
    api.forbid('destinationrules');
    expect(await inspectOutlierDetection(api, target)).toMatchObject([{ severity: 'refusal', remedy: 'Allow it.' }]);
  });

  it('is not known where the cluster does not answer', async () => {
    const api = await clusterWithRules();
    api.list = async () => {
      throw new ClusterUnavailableError('No answer.', { remedy: 'Try again.' });
    };
    await expect(inspectOutlierDetection(api, target)).rejects.toThrow(ClusterUnavailableError);
  });
});
