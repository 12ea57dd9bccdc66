import { describe, expect, it } from 'vitest';
import { inspectCanaryPolicies } from '../../../adapters/mesh/inspect-canary-policies.ts';
import { clusterWithRules, destinationRule } from './istio/destination-rules.ts';
import { target } from './istio/virtual-services.ts';

const outlierDetection = { consecutive5xx: 5, intervalSeconds: 10, ejectionSeconds: 30, mostOutPercent: 50 };
const half = destinationRule('checkout', { host: 'checkout.shop' });
const severities = async (kind: Parameters<typeof inspectCanaryPolicies>[0], resilience?: { outlierDetection: typeof outlierDetection }) =>
  (await inspectCanaryPolicies(kind, await clusterWithRules(half), target, resilience)).map(({ severity }) => severity);

describe("what is to be known of a canary's policies", () => {
  it("is what speaks against circuit breaking, where a spec asks Istio for it; the rest is said by Istio's router", async () => {
    expect(await severities('istio', { outlierDetection })).toEqual(['unread']);
    expect(await severities('istio')).toEqual([]);
  });

  it('is what Istio would make of the rules that are copied, where it may be the one that serves the Gateway API', async () => {
    expect(await severities('gatewayApi')).toEqual(['warning']);
  });

  it.each(['linkerd', 'consul'] as const)('is nothing in %s', async (kind) => {
    expect(await severities(kind, { outlierDetection })).toEqual([]);
  });
});
