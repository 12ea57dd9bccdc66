import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { WeightNotVerifiedError } from '../../core/errors.ts';
import type { KubernetesApi } from '../../core/ports.ts';
import { payloadVersion } from '../../core/rollout/payload.ts';
import { acceptanceSeconds } from '../../core/traffic/settle-seconds.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitReady } from '../../functions/await-ready.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import { setWeight } from '../../functions/set-weight.ts';
import { lookAtCluster } from '../../runtime/acts/find-drift.ts';
import { openOwned } from '../../runtime/acts/open-rollout.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { put, refTo, route, target, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { readWithLateStatus } from '../fakes/late-route-status.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';

const machine = z
  .looseObject({
    States: z.looseObject({
      SetWeight: z.looseObject({
        Retry: z.array(
          z.looseObject({
            ErrorEquals: z.array(z.string()),
            IntervalSeconds: z.number(),
            BackoffRate: z.number(),
            MaxAttempts: z.number(),
            MaxDelaySeconds: z.number(),
          }),
        ),
      }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../state-machines/rollout.asl.json', import.meta.url), 'utf8')));
const retry = machine.States.SetWeight.Retry.find(({ ErrorEquals }) => ErrorEquals.includes('WeightNotVerifiedError'));
/** The longest pauses between the tries of a state; jitter makes them shorter. */
const pauses = Array.from({ length: retry?.MaxAttempts ?? 0 }, (_, index) =>
  Math.min(retry?.MaxDelaySeconds ?? 0, (retry?.IntervalSeconds ?? 0) * (retry?.BackoffRate ?? 1) ** index),
);

/** A rollout of checkout on an HTTPRoute whose controller looks at each new generation so many seconds after it was written. */
async function ready(lagSeconds: number) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const match = [{ header: { name: 'x-team', exact: 'yes' } }];
  const source = specSource({ router: { kind: 'gatewayApi', routes: [{ httpRoute: 'checkout' }], match } });
  const begun = await begin(new Turns(store, clock), 'first', { spec: { ...source } });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { record } = begun;
  const cluster = new SettledCluster('registry.example.com/shop/checkout@sha256:old');
  await put(cluster, route('checkout', [{ name: 'main', backendRefs: [to('checkout')] }]));
  const one = { ...target, routes: [{ httpRoute: 'checkout' }] };
  await createRouter('gatewayApi', cluster).write(one, { split: splitAt(0, 100), fence: record.fence, role: 'claim' });
  const api: KubernetesApi = {
    read: readWithLateStatus(cluster, clock, lagSeconds),
    list: (ref, selector) => cluster.list(ref, selector),
    write: (write) => cluster.write(write),
    remove: (ref, preconditions) => cluster.remove(ref, preconditions),
  };
  const deps = { clock, store, log: createMemoryLog(), clusters: { open: () => api } } as unknown as Deps;
  const payload = { rollout: record.rollout, rolloutId: record.rolloutId, fence: record.fence };
  const call = (of: SluiceFunction, outcome = '') =>
    of.wiredWith(deps)({
      ...{ payloadVersion, ...payload, stepIndex: 0, outcome, waitSeconds: 0, watchSeconds: 0 },
      door: { cluster: record.cluster, routerKind: 'gatewayApi', target: one },
    });
  await call(deployCanary);
  await call(awaitReady);
  /** As Step Functions calls it. */
  const setWithRetries = async (pauseSeconds: (longest: number) => number): Promise<void> => {
    for (const longest of [...pauses, undefined]) {
      try {
        await call(setWeight);
        return;
      } catch (error) {
        if (!(error instanceof WeightNotVerifiedError) || longest === undefined) throw error;
        await clock.sleep(pauseSeconds(longest) * 1000);
      }
    }
  };
  const look = async () => (await lookAtCluster(await openOwned(deps, payload))).drift;
  return { call, clock, cluster, look, setWithRetries };
}

describe('T8: SetWeight, with a controller that needs long to accept a route', () => {
  it.each([0, 10, 30, 120])('goes on after %i seconds, however short the pauses between its calls are', async (seconds) => {
    const { clock, setWithRetries } = await ready(seconds);
    const beganAtMs = clock.now();
    await setWithRetries(() => 0);
    expect((clock.now() - beganAtMs) / 1000).toBeGreaterThanOrEqual(seconds);
    expect((clock.now() - beganAtMs) / 1000).toBeLessThanOrEqual(seconds + 1);
  });

  it.each<[string, (longest: number) => number, number]>([
    ['two minutes', () => 0, 126],
    ['three minutes', (longest) => longest, 177],
  ])('gives up after %s, in which the machine takes the rollout back', async (_what, pauseSeconds, seconds) => {
    const { clock, setWithRetries } = await ready(600);
    const beganAtMs = clock.now();
    await expect(setWithRetries(pauseSeconds)).rejects.toThrow(WeightNotVerifiedError);
    expect((clock.now() - beganAtMs) / 1000).toBe(seconds);
  });

  it('stays within the time of its Lambda in one call', async () => {
    const { call, clock } = await ready(600);
    const beganAtMs = clock.now();
    await expect(call(setWeight)).rejects.toThrow('is not accepted yet');
    expect((clock.now() - beganAtMs) / 1000).toBe(acceptanceSeconds);
    expect(acceptanceSeconds).toBeLessThan(30);
  });
});

describe('T6: a look at the cluster between two steps', () => {
  it('notices that somebody removed a rule that Sluice inserted, until SetWeight has put it back', async () => {
    const { call, cluster, look, setWithRetries } = await ready(0);
    await setWithRetries(() => 0);
    expect(await look()).toBeUndefined();
    const before = cluster.peek(refTo('checkout'))?.['spec'];
    await cluster.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'remove', path: '/spec/rules/0' }] });
    expect(await look()).toBe('Somebody else changed things. The rule sluice-checkout-match is gone from HTTPRoute shop/checkout.');
    await call(setWeight, 'restore');
    expect(await look()).toBeUndefined();
    expect(cluster.peek(refTo('checkout'))?.['spec']).toEqual(before);
  });
});
