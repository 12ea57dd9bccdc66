import { describe, expect, it } from 'vitest';
import { inspectDestinationRules } from '../../../../adapters/mesh/istio/destination-rule-findings.ts';
import { inspectOutlierDetection } from '../../../../adapters/mesh/istio/destination-rule-outlier-detection.ts';
import type { KubernetesObject, RouteTarget } from '../../../../core/ports.ts';
import { stableService } from '../../eks/workload/manifests.ts';
import { clusterWithRules, destinationRule, stablePolicy } from './destination-rules.ts';
import { target } from './virtual-services.ts';

const between: RouteTarget = { ...target, subsets: { host: 'shop-checkout', stable: 'v1', canary: 'next' } };
const bothSides = stableService({ selector: { app: 'checkout' } }, { name: 'shop-checkout' });
const subset = (name: string, side: string | undefined, more: object = {}) => ({
  name,
  labels: { app: 'checkout', ...(side === undefined ? {} : { 'sluice.dev/side': side }) },
  ...more,
});
const ruleWith = (subsets: readonly object[], more: object = {}) =>
  destinationRule('checkout', { host: 'shop-checkout', subsets, ...more });
const good = [subset('v1', 'stable'), subset('next', 'canary')];

async function inspect(rules: readonly KubernetesObject[], services: readonly KubernetesObject[] = [bothSides]) {
  const api = await clusterWithRules(...rules);
  for (const service of services) api.put(service);
  return inspectDestinationRules(api, between);
}

describe('the subsets between which routes are to split', () => {
  it.each([
    ['one rule', [ruleWith(good, { trafficPolicy: stablePolicy })]],
    ['a wildcard', [destinationRule('all', { host: '*.shop.svc.cluster.local', subsets: good })]],
  ])('are in order where %s defines both by their side', async (_what, rules) => {
    expect(await inspect(rules)).toEqual([]);
  });

  it('are refused with the whole rule to apply where there is none', async () => {
    const [finding, ...others] = await inspect([]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'refusal', subject: 'DestinationRule shop/shop-checkout' });
    expect(finding?.remedy).toBe(`Apply this:
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop-checkout, namespace: shop }
spec:
  host: shop-checkout
  subsets:
    - name: v1
      labels:
        sluice.dev/side: stable
    - name: next
      labels:
        sluice.dev/side: canary`);
  });

  it.each([
    ['It defines no subset next, to which the routes send the requests for canary.', [subset('v1', 'stable')]],
    ['Its subset v1 does not select by sluice.dev/side.', [subset('v1', undefined), subset('next', 'canary')]],
    ['Its subset next selects stable, not canary, by sluice.dev/side.', [subset('v1', 'stable'), subset('next', 'stable')]],
    ['Its subset v1 does not select by sluice.dev/side.', [{ name: 'v1' }, subset('next', 'canary')]],
  ])('are refused, with what to write: %s', async (message, subsets) => {
    expect(await inspect([ruleWith(subsets)])).toMatchObject([
      {
        severity: 'refusal',
        subject: 'DestinationRule shop/checkout',
        message,
        remedy: expect.stringContaining('sluice.dev/side: canary'),
      },
    ]);
  });

  it('may be defined by two rules, of which one is too many', async () => {
    const more = destinationRule('more', { host: 'shop-checkout', subsets: [subset('next', 'canary')] });
    expect(await inspect([ruleWith([subset('v1', 'stable')]), more])).toMatchObject([{ severity: 'warning', remedy: 'Make one of them.' }]);
  });

  it('are refused where TLS to one is another than to the other, and warned of where a policy differs', async () => {
    const odd = { trafficPolicy: { tls: { mode: 'DISABLE' }, outlierDetection: {} } };
    const found = await inspect([ruleWith([subset('v1', 'stable'), subset('next', 'canary', odd)], { trafficPolicy: stablePolicy })]);
    expect(found.map(({ severity, message }) => [severity, message.split(',')[0]])).toEqual([
      ['refusal', 'TLS to subset next is DISABLE'],
      ['warning', 'outlierDetection of subset next and of subset v1 are not the same'],
    ]);
  });

  it.each([
    ['does not exist', [], 'There is no such Service, of which the routes could name subsets.'],
    [
      'selects one side',
      [stableService({}, { name: 'shop-checkout' })],
      "It selects sluice.dev/side: stable, so that the other side's subset would be empty.",
    ],
  ])('are refused where their Service %s', async (_what, services, message) => {
    expect(await inspect([ruleWith(good)], services)).toMatchObject([
      { severity: 'refusal', subject: 'Service shop/shop-checkout', message },
    ]);
  });

  it('leave no place for circuit breaking of the canary alone', async () => {
    const api = await clusterWithRules(ruleWith(good));
    api.put(bothSides);
    expect(await inspectOutlierDetection(api, between)).toMatchObject([
      { severity: 'refusal', message: expect.stringContaining('which Sluice does not edit') },
    ]);
  });
});
