import { isDeepStrictEqual } from 'node:util';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const ref = { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules', namespace: 'shop' };
const stableRef = { ...ref, name: 'checkout' };
const canaryRef = { ...ref, name: 'checkout-canary' };

/** What the team has said of its own host. */
const connectionPool = { http: { http2MaxRequests: 1000, maxRequestsPerConnection: 100 }, tcp: { connectTimeout: '1s' } };
const spec = {
  host: 'checkout',
  trafficPolicy: {
    connectionPool,
    outlierDetection: { consecutiveGatewayErrors: 7, consecutive5xxErrors: 9, interval: '5s' },
    loadBalancer: { simple: 'LEAST_REQUEST' },
  },
};

/** The same of the canary's, with what the rollout asks for. */
const expectedSpec = {
  host: 'checkout-canary',
  trafficPolicy: {
    connectionPool,
    outlierDetection: {
      consecutiveGatewayErrors: 7,
      consecutive5xxErrors: 20,
      interval: '10s',
      baseEjectionTime: '30s',
      maxEjectionPercent: 50,
    },
    loadBalancer: { simple: 'LEAST_REQUEST' },
  },
};

async function beginUnderRule(stage: Stage): Promise<void> {
  const rule = { apiVersion: ref.apiVersion, kind: 'DestinationRule', metadata: { name: 'checkout', namespace: 'shop' }, spec };
  stage.outside((kubernetes) => kubernetes.apply(rule));
  stage.push('v2');
  await stage.untilWeight(10);
  const found = stage.sandbox.kubernetes.get(canaryRef)?.['spec'];
  if (!isDeepStrictEqual(found, expectedSpec)) throw new Error(`at the first weight the canary's rule says ${JSON.stringify(found)}`);
}

/** What is found when the rollout has ended; then the team takes its rule away, so that the cluster is as it was. */
function endUnderRule(stage: Stage): void {
  const { kubernetes } = stage.sandbox;
  const [left, stable] = [kubernetes.get(canaryRef), kubernetes.get(stableRef)?.['spec']];
  if (left !== undefined) throw new Error('DestinationRule checkout-canary is left');
  if (!isDeepStrictEqual(stable, spec)) throw new Error(`DestinationRule checkout says ${JSON.stringify(stable)}`);
  stage.outside((outside) => outside.delete(stableRef));
}

const rule: Pick<Scenario, 'promises' | 'spec'> = {
  promises: ['T4', 'T5', 'T8'],
  spec: {
    checkout: (usual) => ({
      ...usual,
      resilience: { retries: { attempts: 1, perTryTimeout: '2s' }, timeout: '4s', outlierDetection: { consecutive5xx: 20 } },
    }),
  },
};

/** Stable has a DestinationRule, and the spec asks for more: the canary has both from before its first weight on, and nothing is left of it. */
export const destinationRules: readonly Scenario[] = [
  {
    ...rule,
    name: 'destination-rule-promoted',
    title: "The canary is ruled as stable is, with the spec's circuit breaking; it is promoted, and its rule is gone",
    story: async (stage) => {
      await beginUnderRule(stage);
      await stage.untilState('Succeeded');
      endUnderRule(stage);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
  },
  {
    ...rule,
    name: 'destination-rule-rolled-back',
    title: "The canary is ruled as stable is, with the spec's circuit breaking; it is rolled back, and its rule is gone",
    story: async (stage) => {
      await beginUnderRule(stage);
      await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'to see what is left' });
      await stage.untilState('RolledBack', 1, 'rollback');
      endUnderRule(stage);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: [10, 0] }],
      badAnswers: [0, 0],
    },
  },
];
