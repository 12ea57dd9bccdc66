import { expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { SandboxKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { differences } from './differences.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

const namespace = 'shop';
const route = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace, name: 'shop' };
const deployment = { apiVersion: 'apps/v1', resource: 'deployments', namespace, name: 'checkout' };
const autoscaler = { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers', namespace, name: 'checkout' };

async function differencesAfter(change: (kubernetes: SandboxKubernetes) => unknown, expected: Partial<Scenario['expected']> = {}) {
  const scenario: Scenario = {
    name: 'planted',
    title: 'Nothing is rolled out, and something is left behind all the same',
    promises: [],
    requestsPerSecond: 0,
    story: async (stage) => void stage.outside(change),
    expected: { rollouts: [], badAnswers: [0, 0], ...expected },
  };
  return differences(scenario, await runScenario(scenario, { clock: new VirtualClock() }));
}

it.each<[string, (kubernetes: SandboxKubernetes) => unknown]>([
  ['a weight in a route', (k) => k.patch(route, [{ op: 'add', path: '/spec/http/0/route/0/weight', value: 100 }])],
  ['a time-out in a route', (k) => k.patch(route, [{ op: 'remove', path: '/spec/http/0/timeout' }])],
  ['an annotation on a route', (k) => k.patch(route, { metadata: { annotations: { 'before.sluice.dev/checkout': '{}' } } })],
  ['the minimum of an autoscaler', (k) => k.patch(autoscaler, { spec: { minReplicas: 3 } })],
  ["stable's replicas", (k) => k.patch(deployment, { spec: { replicas: 5 } })],
  ["a canary's Service", (k) => k.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout-canary', namespace }, spec: {} })],
])('a scenario fails where %s is not as it was', async (_, change) => {
  expect(await differencesAfter(change)).toHaveLength(1);
});

it('a scenario takes the fence for no difference, and what it says that others changed', async () => {
  const fence = { metadata: { annotations: { 'fence.sluice.dev/checkout': '7' } } };
  expect(await differencesAfter((k) => [k.patch(route, fence), k.patch(deployment, fence), k.patch(autoscaler, fence)])).toEqual([]);
  const shrink = (k: SandboxKubernetes) => k.patch(autoscaler, { spec: { minReplicas: 3 } });
  expect(await differencesAfter(shrink, { changedByOthers: ['autoscalers'] })).toEqual([]);
});
