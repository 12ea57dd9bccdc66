import { describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { FencedError, WeightNotVerifiedError } from '../../core/errors.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitReady } from '../../functions/await-ready.ts';
import { awaitStable } from '../../functions/await-stable.ts';
import { restoreStable } from '../../functions/restore-stable.ts';
import { restoreTraffic } from '../../functions/restore-traffic.ts';
import { returnTraffic } from '../../functions/return-traffic.ts';
import { verifyTraffic } from '../../functions/verify-traffic.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { put, replaceRules, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

/** A fence that a door wrote to the route which could not ask the store; the store knows it by now. */
const doorsFence = 804;

/** A rollback that has put all traffic on stable, whose fence such a door has overtaken since, and could tell the store or could not. */
async function overtaken({ isTold = true, split = splitAt(0, 100) } = {}) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const change = { phase: 'rollingBack', rollbackFence: 1, split, safeSide: 'stable', stableReplicas: 4, stableReady: 4 } as const;
  const begun = await begin(rollouts, 'first', change);
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint } = begun.record;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  const router = createRouter('istio', cluster);
  await router.write(target, { split, fence: doorsFence, role: 'door' });
  if (isTold) await rollouts.raiseFence(rollout, rolloutId, {}, { atLeast: doorsFence });
  const deps: Partial<Deps> = {
    ...{ clock, store, log: createMemoryLog(), clusters: { open: () => cluster } },
    events: { publish: async () => {} },
    prometheus: () => ({ metrics: { measure: async () => [], history: async () => [] }, alerts: { read: async () => [] } }),
  };
  const door = { cluster: endpoint, routerKind: 'istio', target, safeSide: 'stable' };
  const input = { payloadVersion, rollout, rolloutId, fence, stepIndex: 1, outcome: '', waitSeconds: 0, watchSeconds: 0, door };
  return {
    call: (task: SluiceFunction, outcome: string) => task.wiredWith(deps as Deps)({ ...input, outcome }),
    edit: (stable: number, canary: number) =>
      replaceRules(cluster, 'checkout', [{ name: 'main', route: [to('checkout', stable), to('checkout-canary', canary)] }]),
    weight: async () => (await router.read(target))[0]?.split.canary,
  };
}

const tasks: readonly (readonly [SluiceFunction, string, string])[] = [
  [restoreTraffic, '', 'returned'],
  [verifyTraffic, 'returned', 'returned'],
  [restoreStable, 'held', 'restoring'],
  [awaitStable, 'restoring', 'ready'],
  [returnTraffic, 'ready', 'returned'],
];

describe('T3: a rollback whose fence a door has overtaken', () => {
  it.each(tasks.map(([task, ...outcomes]) => [task.name, task, ...outcomes] as const))(
    'goes on in %s, and hands the fence on',
    async (_name, task, outcome, becomes) => {
      const { call } = await overtaken();
      expect(await call(task, outcome)).toMatchObject({ outcome: becomes, fence: doorsFence });
    },
  );

  it.each([
    [restoreTraffic, ''],
    [returnTraffic, 'ready'],
  ] as const)('goes beyond it where the store was not told', async (task, outcome) => {
    const { call } = await overtaken({ isTold: false });
    expect(await call(task, outcome)).toMatchObject({ outcome: 'returned', fence: doorsFence + 1 });
  });

  it('is gone beyond by VerifyTraffic where the store was not told, and read back then', async () => {
    const { call } = await overtaken({ isTold: false });
    await expect(call(verifyTraffic, 'returned')).rejects.toThrow(WeightNotVerifiedError);
    expect(await call(verifyTraffic, 'returned')).toMatchObject({ outcome: 'returned', fence: doorsFence + 1 });
  });

  it('is no excuse for a Task of the rollout that it ended', async () => {
    const { call } = await overtaken();
    await expect(call(awaitReady, '')).rejects.toThrow(FencedError);
  });
});

describe('VerifyTraffic', () => {
  it('gives everything to stable once more where somebody wrote something else meanwhile', async () => {
    const { call, edit, weight } = await overtaken();
    await edit(70, 30);
    await expect(call(verifyTraffic, 'returned')).rejects.toThrow('Everything was given to stable once more.');
    expect(await weight()).toBe(0);
    expect(await call(verifyTraffic, 'returned')).toMatchObject({ outcome: 'returned' });
  });

  it('T3: gives the canary nothing again that somebody took from it', async () => {
    const { call, edit, weight } = await overtaken({ split: splitAt(100, 100) });
    await edit(100, 0);
    await expect(call(verifyTraffic, 'held')).rejects.toThrow(WeightNotVerifiedError);
    expect(await weight()).toBe(0);
  });
});
