import { describe, expect, it } from 'vitest';
import { ensureCanaryPolicies, removeCanaryPolicies } from '../../../adapters/mesh/canary-policies.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { owner } from '../eks/workload/manifests.ts';
import { clusterWithRules, ruleRef, stableRule } from './istio/destination-rules.ts';
import { target } from './istio/virtual-services.ts';

const canary = { hosts: target, owner, resilience: undefined };

describe("the canary's policies", () => {
  it.each(['istio', 'gatewayApi'] as const)('are a DestinationRule where the routes are of %s', async (kind) => {
    const api = await clusterWithRules(stableRule);
    expect(await ensureCanaryPolicies(kind, api, canary)).toBe('created');
    expect(api.peek(ruleRef('checkout-canary'))).toBeDefined();
    expect(await removeCanaryPolicies(kind, api, canary)).toBe('removed');
    expect(api.peek(ruleRef('checkout-canary'))).toBeUndefined();
  });

  it.each(['linkerd', 'consul'] as const)('are none in %s, and the cluster is asked nothing', async (kind) => {
    const nobody = new Proxy({} as KubernetesApi, {
      get: () => {
        throw new Error('the cluster was asked');
      },
    });
    expect(await ensureCanaryPolicies(kind, nobody, canary)).toBe('none');
    expect(await removeCanaryPolicies(kind, nobody, canary)).toBe('absent');
  });

  it('carry the circuit breaking that the spec asks for, and leave its retries to the routes', async () => {
    const api = await clusterWithRules();
    const outlierDetection = { consecutive5xx: 3, intervalSeconds: 1, ejectionSeconds: 2, mostOutPercent: 100 };
    const retries = { attempts: 2, on: ['503'] };
    await ensureCanaryPolicies('istio', api, { ...canary, resilience: { retries, timeoutSeconds: 5, outlierDetection } });
    expect(api.peek(ruleRef('checkout-canary'))?.['spec']).toEqual({
      host: 'checkout-canary',
      trafficPolicy: {
        outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '2s', maxEjectionPercent: 100 },
      },
    });
  });
});
