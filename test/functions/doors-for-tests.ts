import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Specs } from '../../adapters/store/specs.ts';
import type { Deps } from '../../runtime/deps.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { clusterWith, mainRule, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { underWay } from '../adapters/store/rollouts-for-tests.ts';
import { specSource, startMs } from '../core/rollout/rollout-for-tests.ts';

/** A door waits for nobody else. */
const notAsked = async (whom: string): Promise<never> => {
  throw new Error(`a door asked ${whom}`);
};

/** A rollout of checkout that runs, judged by the alarm `checkout-errors` and the alert `CheckoutSlow`, and what a door needs to end it. */
export async function doorsOfRunningRollout() {
  const store = createMemoryStore();
  const { clock, rollouts, record } = await underWay(store);
  await new Specs(store).apply({ ...specSource() }, startMs);
  const api = await clusterWith(virtualService('checkout', [mainRule]));
  const started: string[] = [];
  const executions = {
    start: async (_machine: string, name: string) => {
      const known = started.includes(name);
      started.push(name);
      return known ? ('exists' as const) : ('started' as const);
    },
    describe: async () => ({ status: 'running' as const }),
    stop: async () => undefined,
  };
  const log = createMemoryLog();
  const deps: Deps = {
    ...{ store, clock, clusters: { open: () => api }, executions, log },
    clusterFinder: { find: () => notAsked('EKS') },
    images: { resolve: () => notAsked('ECR'), pushedSince: () => notAsked('ECR') },
    events: { publish: () => notAsked('EventBridge') },
    alarms: { read: () => notAsked('CloudWatch') },
    cloudWatch: { measure: () => notAsked('CloudWatch'), list: () => notAsked('CloudWatch') },
    prometheus: () => ({
      metrics: { measure: () => notAsked('Prometheus'), history: () => notAsked('Prometheus') },
      alerts: { read: () => notAsked('Prometheus') },
    }),
    webhookSecret: { read: () => notAsked('Secrets Manager') },
  };
  return {
    deps,
    log,
    store,
    clock,
    /** The rollback executions that were started, by name. */
    started,
    phase: async () => (await rollouts.load('checkout', record.rolloutId)).record.phase,
    reason: async () => (await rollouts.load('checkout', record.rolloutId)).record.reason,
  };
}

/** One alert as Alertmanager has it. */
export function alertJson(change: Readonly<Record<string, unknown>> = {}) {
  return {
    status: 'firing',
    labels: { alertname: 'CheckoutSlow', namespace: 'shop' },
    annotations: { summary: 'Slow' },
    startsAt: new Date(startMs + 1000).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: 'f1',
    ...change,
  };
}

export const messageOf = (...alerts: readonly unknown[]): string => JSON.stringify({ version: '4', status: 'firing', alerts });
