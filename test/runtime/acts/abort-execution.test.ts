import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { StoreUnavailableError } from '../../../core/errors.ts';
import type { RolloutStore } from '../../../core/ports.ts';
import { payloadVersion } from '../../../core/rollout/payload.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { abortExecution } from '../../../runtime/acts/abort-execution.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { clusterWith, mainRule, refTo, routeOf, target, virtualService } from '../../adapters/mesh/istio/virtual-services.ts';
import { underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';

const refuse = async () => {
  throw new StoreUnavailableError('The store does not answer.', { remedy: 'Try again.' });
};
const store: RolloutStore = { read: refuse, list: refuse, write: refuse };

/** The door while the store does not answer, for an execution that has left its payload at full weight. */
async function abortWithoutStore(door: { readonly safeSide?: 'stable' | 'canary' }, change: Readonly<Record<string, unknown>> = {}) {
  const api = await clusterWith(virtualService('checkout', [mainRule]));
  const router = createRouter('istio', api);
  await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  await router.write(target, { split: splitAt(100, 100), fence: 1, role: 'owner' });
  const executions = {
    start: async () => 'started' as const,
    describe: async () => ({ status: 'running' as const }),
    stop: async () => undefined,
  };
  const deps = { store, clock: new VirtualClock(), clusters: { open: () => api }, executions, log: createMemoryLog() };
  const cluster = { name: 'shop', endpoint: 'https://cluster.example', certificateAuthority: '' };
  const payload = {
    ...{ payloadVersion, rollout: 'checkout', rolloutId: 'checkout-000001', fence: 1, stepIndex: 2, weight: 100 },
    ...{ outcome: 'promoting', waitSeconds: 0, watchSeconds: 0, door: { cluster, routerKind: 'istio', target, ...door } },
    ...change,
  };
  return { api, log: deps.log, abort: () => abortExecution(deps, { executionArn: 'arn', payload }) };
}

/** The door for an execution that died after a rollout of its own has come to a phase, under that fence. */
async function abortAfter(phase: 'succeeded' | 'rolledBack', fence: number) {
  const { store, clock, rollouts, record, held } = await underWay();
  await rollouts.end(held, { phase });
  const nobody = async () => {
    throw new Error('there is nothing to start or to stop');
  };
  const clusters = { open: () => new FakeKubernetes() };
  const executions = { start: nobody, describe: nobody, stop: nobody };
  const { rollout, rolloutId, cluster } = record;
  const payload = { payloadVersion, rollout, rolloutId, fence, door: { cluster, routerKind: 'istio', target } };
  return abortExecution({ store, clock, clusters, executions, log: createMemoryLog() }, { executionArn: record.executionArn, payload });
}

describe('the door for an execution whose rollout has ended', () => {
  it.each([
    ['the execution has ended it itself, and died before it could say so', 'succeeded', 1, 'succeeded'],
    ['another owner has ended it', 'succeeded', 0, 'ended'],
    ['it was rolled back', 'rolledBack', 1, 'ended'],
  ] as const)('where %s', async (_, phase, fence, outcome) => {
    expect(await abortAfter(phase, fence)).toMatchObject({ outcome });
  });
});

describe('the door while the store does not answer', () => {
  it.each([
    ['on the canary while stable takes the new image', { safeSide: 'canary' }, 100],
    ['on stable before and after', { safeSide: 'stable' }, 0],
    ['on stable for a payload from before the side travelled in it', {}, 0],
  ] as const)('T1: holds the traffic %s', async (_, door, canary) => {
    const { api, abort } = await abortWithoutStore(door);
    await expect(abort()).rejects.toThrow(StoreUnavailableError);
    expect(await routeOf(api)).toMatchObject([{ weight: 100 - canary }, { weight: canary }]);
  });

  it('O6: moves the traffic of a payload that a newer version has written, which every other handler refuses', async () => {
    const { api, abort } = await abortWithoutStore({ safeSide: 'stable' }, { payloadVersion: payloadVersion + 1, newField: true });
    await expect(abort()).rejects.toThrow(StoreUnavailableError);
    expect(await routeOf(api)).toMatchObject([{ weight: 100 }, { weight: 0 }]);
  });

  it('O3: ends in the error that can pass, also where a route is gone: it is called again', async () => {
    const { api, abort, log } = await abortWithoutStore({});
    api.drop(refTo('checkout'));
    await expect(abort()).rejects.toThrow(StoreUnavailableError);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { errorName: 'RouteRejectedError' } });
  });
});
