import { describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { WeightNotVerifiedError } from '../../core/errors.ts';
import type { KubernetesApi } from '../../core/ports.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { acceptanceSeconds } from '../../core/traffic/settle-seconds.ts';
import { shapeOf } from '../../core/traffic/shape-of.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { promoteStable } from '../../functions/promote-stable.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { put, refTo, route, target, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { spec, specSource } from '../core/rollout/rollout-for-tests.ts';
import { readWithLateStatus } from '../fakes/late-route-status.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';
import { atLastStep } from './last-step.ts';

const oldImage = 'registry.example.com/shop/checkout@sha256:old';
const newImage = 'registry.example.com/shop/checkout@sha256:new';
const stableRef = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };
const one = { ...target, routes: [{ httpRoute: 'checkout' }] };

/** The last step is done, and its route accepted. From then on a controller looks at a new generation so many seconds after it was written. */
async function lastStepIsDone(lagSeconds: number, affinity?: RolloutSpecSource['router']['affinity']) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const router = { kind: 'gatewayApi' as const, routes: [{ httpRoute: 'checkout' }], ...(affinity === undefined ? {} : { affinity }) };
  const source = specSource({ router });
  const begun = await begin(new Turns(store, clock), 'first', { spec: { ...source }, split: splitAt(100, 100), stepIndex: 2 });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { record } = begun;
  const cluster = new SettledCluster(oldImage);
  await put(cluster, route('checkout', [{ name: 'main', backendRefs: [to('checkout')] }]));
  const routes = createRouter('gatewayApi', cluster);
  await routes.write(one, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  await routes.write(one, { split: splitAt(100, 100), fence: 1, role: 'owner', shape: shapeOf(spec({ router }), undefined) });
  const seen = new Map([[cluster.peek(refTo('checkout'))?.metadata.generation ?? 0, Number.NEGATIVE_INFINITY]]);
  let before: (() => Promise<unknown>) | undefined;
  const api: KubernetesApi = {
    read: readWithLateStatus(cluster, clock, lagSeconds, seen),
    list: (ref, selector) => cluster.list(ref, selector),
    write: async (write) => {
      const act = before;
      before = undefined;
      await act?.();
      return cluster.write(write);
    },
    remove: (ref, preconditions) => cluster.remove(ref, preconditions),
  };
  const { deps, payload } = atLastStep({ clock, store, api, record, routerKind: 'gatewayApi', target: one });
  return {
    clock,
    promote: () => promoteStable.wiredWith(deps)(payload),
    /** A claim of this rollout that was paused until then gives stable everything. */
    lateClaim: () => {
      before = () => routes.write(one, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    },
    stableImage: () => JSON.stringify(cluster.peek(stableRef)).match(/registry[\w./]+@sha256:\w+/)?.[0],
  };
}

describe('T8: PromoteStable, with a controller that needs long to accept a route', () => {
  it('T1: writes stable only when all traffic has gone back to the canary, which a late claim took from it: also when called again', async () => {
    const { clock, promote, lateClaim, stableImage } = await lastStepIsDone(30);
    const beganAtMs = clock.now();
    lateClaim();
    await expect(promote()).rejects.toThrow(WeightNotVerifiedError);
    expect([(clock.now() - beganAtMs) / 1000, stableImage()]).toEqual([acceptanceSeconds, oldImage]);
    expect(await promote()).toMatchObject({ outcome: 'promoting', fence: 2 });
    expect([(clock.now() - beganAtMs) / 1000 >= 30, stableImage()]).toEqual([true, newImage]);
  });

  it.each([undefined, { cookie: 'sticky', maxAge: '1h' }])(
    'waits for nothing where only the fence is new: affinity %j',
    async (affinity) => {
      const { clock, promote, stableImage } = await lastStepIsDone(600, affinity);
      const beganAtMs = clock.now();
      await promote();
      expect([clock.now() - beganAtMs, stableImage()]).toEqual([0, newImage]);
    },
  );
});
