import { describe, expect, it } from 'vitest';
import { fenceOf } from '../../adapters/mesh/fence.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { FencedError } from '../../core/errors.ts';
import type { JsonPatchOperation, KubernetesApi } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitReady } from '../../functions/await-ready.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import { setWeight } from '../../functions/set-weight.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { put, refTo, routeOf, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

/** A rollout at its first step, whose route somebody else has replaced with what is in Git: no canary, no fence. */
async function replacedFromGit() {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const source = specSource({ router: { kind: 'istio', routes: [{ virtualService: 'checkout', http: 'main' }] } });
  const begun = await begin(rollouts, 'first', { spec: { ...source } });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rollout, rolloutId, fence, cluster: endpoint } = begun.record;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  const router = createRouter('istio', cluster);
  await router.write(target, { split: splitAt(0, 100), fence, role: 'claim' });
  let meanwhile: (() => Promise<unknown>) | undefined;
  const api: KubernetesApi = {
    read: (ref) => cluster.read(ref),
    list: (ref, selector) => cluster.list(ref, selector),
    remove: (ref, preconditions) => cluster.remove(ref, preconditions),
    write: async (write) => {
      const act = 'jsonPatch' in write && write.jsonPatch.resource === 'virtualservices' ? meanwhile : undefined;
      if (act !== undefined) {
        meanwhile = undefined;
        await act();
      }
      return cluster.write(write);
    },
  };
  const deps = { clock, store, log: createMemoryLog(), clusters: { open: () => api } } as unknown as Deps;
  const call = (of: SluiceFunction, outcome = '') =>
    of.wiredWith(deps)({
      ...{ payloadVersion, rollout, rolloutId, fence, stepIndex: 0, outcome, waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: endpoint, routerKind: 'istio', target },
    });
  for (const task of [deployCanary, awaitReady, setWeight]) await call(task);
  const replace = async () => {
    const operations: readonly JsonPatchOperation[] = [
      { op: 'remove', path: '/metadata/annotations' },
      { op: 'replace', path: '/spec/http/0/route', value: [to('checkout')] },
    ];
    await cluster.write({ jsonPatch: refTo('checkout'), operations });
  };
  await replace();
  return {
    ...{ cluster, replace },
    restore: () => call(setWeight, 'restore'),
    beforeItsWrite: (act: () => Promise<unknown>) => {
      meanwhile = act;
    },
    abort: async () => {
      const raised = await rollouts.raiseFence(rollout, rolloutId, {});
      await router.write(target, { split: splitAt(0, 100), fence: raised?.record.fence ?? 0, role: 'door' });
    },
  };
}

describe('T6: SetWeight that puts right what somebody else wrote', () => {
  it('writes weight and fence anew where both are gone', async () => {
    const { cluster, restore } = await replacedFromGit();
    await restore();
    expect(await routeOf(cluster)).toMatchObject([{ weight: 90 }, { weight: 10 }]);
    const written = await cluster.read(refTo('checkout'));
    expect(written === undefined ? undefined : fenceOf(written, 'checkout')).toBe(1);
  });

  it('T3: raises nothing for a rollout that a door has taken while it was paused before its write, though the fence is gone once more', async () => {
    const { cluster, restore, beforeItsWrite, abort, replace } = await replacedFromGit();
    beforeItsWrite(async () => {
      await abort();
      await replace();
    });
    await expect(restore()).rejects.toThrow(FencedError);
    expect(await routeOf(cluster)).toEqual([to('checkout')]);
  });
});
