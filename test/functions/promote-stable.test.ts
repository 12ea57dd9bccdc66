import { describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Turns } from '../../adapters/store/turns.ts';
import { FencedError } from '../../core/errors.ts';
import type { KubernetesApi, KubernetesWrite } from '../../core/ports.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import { shapeOf } from '../../core/traffic/shape-of.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { awaitStable } from '../../functions/await-stable.ts';
import { deployCanary } from '../../functions/deploy-canary.ts';
import { finish } from '../../functions/finish.ts';
import { promoteStable } from '../../functions/promote-stable.ts';
import { removeCanary } from '../../functions/remove-canary.ts';
import { returnTraffic } from '../../functions/return-traffic.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { put, refTo, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import { begin } from '../adapters/store/rollouts-for-tests.ts';
import { spec, specSource } from '../core/rollout/rollout-for-tests.ts';
import { SettledCluster } from '../fakes/settled-cluster.ts';
import { atLastStep } from './last-step.ts';

const oldImage = 'registry.example.com/shop/checkout@sha256:old';
const newImage = 'registry.example.com/shop/checkout@sha256:new';
const stableRef = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };

const resourceOf = (write: KubernetesWrite): string =>
  ('create' in write ? write.create : 'jsonPatch' in write ? write.jsonPatch : write.mergePatch).resource;

/** A rollout of checkout under fence 1 whose canary has all the traffic since its last step, in a cluster whose pods are ready at once. */
async function lastStepIsDone(change: Partial<RolloutSpecSource> = {}, recorded: Partial<RolloutRecord> = {}) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  const begun = await begin(rollouts, 'first', { spec: { ...specSource(change) }, split: splitAt(100, 100), stepIndex: 2, ...recorded });
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { record } = begun;
  const cluster = new SettledCluster(oldImage);
  await put(cluster, virtualService('checkout', [{ name: 'main', route: [to('checkout')] }]));
  const router = createRouter('istio', cluster);
  await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  const changes: string[] = [];
  let before: ((resource: string) => unknown) | undefined;
  const api: KubernetesApi = {
    read: (ref) => cluster.read(ref),
    list: (ref, selector) => cluster.list(ref, selector),
    remove: (ref, preconditions) => cluster.remove(ref, preconditions),
    write: async (write) => {
      await before?.(resourceOf(write));
      const result = await cluster.write(write);
      if (result.status === 'written') changes.push(`patch ${resourceOf(write)}`);
      return result;
    },
  };
  const { deps, payload } = atLastStep({ clock, store, api, record, routerKind: 'istio', target });
  const call = async (of: SluiceFunction, input: object = payload) => (await of.wiredWith(deps)(input)) as RolloutPayload;
  await call(deployCanary);
  const shape = shapeOf(spec(change), undefined);
  await router.write(target, { split: splitAt(100, 100), fence: 1, role: 'owner', shape });
  changes.length = 0;
  return {
    call,
    changes,
    cluster,
    router,
    /** Somebody else is quicker, each time before something is written there. */
    beforeWrites: (act: (resource: string) => unknown) => {
      before = act;
    },
    record: async () => (await rollouts.load(record.rollout, record.rolloutId)).record,
    route: async () => (await router.read(target)).map(({ split, fence }) => `canary ${split.canary}, fence ${fence}`).join(),
    stableImage: () => JSON.stringify(cluster.peek(stableRef)).match(/registry[\w./]+@sha256:\w+/)?.[0],
  };
}

describe('T1: the promotion closes the routes to whoever is late', () => {
  it.each([
    ['patch', ['patch virtualservices', 'patch deployments'], newImage],
    ['git', ['patch virtualservices'], oldImage],
  ] as const)(
    'by a new fence, under which the canary keeps all the traffic, before stable takes the new image: promotion %s',
    async (promotion, written, image) => {
      const { call, changes, record, route, stableImage } = await lastStepIsDone({ promotion });
      expect(await call(promoteStable)).toMatchObject({ outcome: 'promoting', fence: 2, door: { safeSide: 'canary' } });
      expect(await route()).toBe('canary 100, fence 2');
      expect(await record()).toMatchObject({ phase: 'promoting', safeSide: 'canary', fence: 2 });
      expect([changes, stableImage()]).toEqual([written, image]);
    },
  );

  it.each([
    ['a claim', 0, 'claim'],
    ['an earlier step', 10, 'owner'],
    ['a door', 0, 'door'],
  ] as const)('so that %s of this rollout which was paused until then is refused', async (_, weight, role) => {
    const { call, router, route } = await lastStepIsDone();
    await call(promoteStable);
    await expect(router.write(target, { split: splitAt(weight, 100), fence: 1, role })).rejects.toThrow(FencedError);
    expect(await route()).toBe('canary 100, fence 2');
  });

  it('and puts right what such a one wrote at the last moment', async () => {
    const { call, router, route, beforeWrites } = await lastStepIsDone();
    let late = true;
    beforeWrites(async () => {
      if (late) await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
      late = false;
    });
    expect(await call(promoteStable)).toMatchObject({ fence: 2 });
    expect(await route()).toBe('canary 100, fence 2');
  });

  it.each([
    ['x-tester', { match: [{ header: { name: 'x-tester', exact: 'yes' } }] }],
    ['sticky=1-canary', { affinity: { cookie: 'sticky', maxAge: '1h' } }],
  ])('and leaves the rest of the last step on them: %s', async (text, shape) => {
    const { call, cluster } = await lastStepIsDone({ router: { kind: 'istio', routes: [{ virtualService: 'checkout' }], ...shape } });
    const before = cluster.peek(refTo('checkout'))?.['spec'];
    expect(JSON.stringify(before)).toContain(text);
    await call(promoteStable);
    expect(cluster.peek(refTo('checkout'))?.['spec']).toEqual(before);
  });

  it('and what comes after it goes on under the new fence to the end', async () => {
    const { call, record, route } = await lastStepIsDone();
    let payload = await call(promoteStable);
    for (const task of [awaitStable, returnTraffic, removeCanary, finish]) payload = await call(task, payload);
    expect(payload).toMatchObject({ outcome: 'succeeded', fence: 3 });
    expect([(await record()).phase, await route()]).toEqual(['succeeded', 'canary 0, fence 3']);
  });
});

describe('PromoteStable, called again with the fence that it came with', () => {
  it.each([
    ['the routes', 'virtualservices'],
    ['stable', 'deployments'],
  ])('goes on where it died before it wrote %s', async (_, where) => {
    const { call, beforeWrites, changes, route, stableImage } = await lastStepIsDone();
    beforeWrites((resource) => {
      if (resource === where) throw new Error('The process of the Lambda died.');
    });
    await expect(call(promoteStable)).rejects.toThrow('died');
    beforeWrites(() => undefined);
    expect(await call(promoteStable)).toMatchObject({ outcome: 'promoting', fence: 2 });
    expect([changes, await route(), stableImage()]).toEqual([
      ['patch virtualservices', 'patch deployments'],
      'canary 100, fence 2',
      newImage,
    ]);
  });

  it('answers as before where its answer got lost', async () => {
    const { call } = await lastStepIsDone();
    expect(await call(promoteStable)).toEqual(await call(promoteStable));
  });

  it('raises the fence once, also for whoever carries the raised one', async () => {
    const { call, route } = await lastStepIsDone();
    expect(await call(promoteStable, await call(promoteStable))).toMatchObject({ fence: 2 });
    expect(await route()).toBe('canary 100, fence 2');
  });

  it('is refused once the traffic has returned to stable', async () => {
    const { call, route } = await lastStepIsDone();
    await call(returnTraffic, await call(promoteStable));
    await expect(call(promoteStable)).rejects.toThrow('the canary has not all the traffic');
    expect(await route()).toBe('canary 0, fence 2');
  });

  it('is refused where another call has done its work, and the traffic has returned, while it was paused before its write', async () => {
    const { call, route, beforeWrites } = await lastStepIsDone();
    let paused = true;
    beforeWrites(async () => {
      if (!paused) return;
      paused = false;
      await call(returnTraffic, await call(promoteStable));
    });
    await expect(call(promoteStable)).rejects.toThrow(FencedError);
    expect(await route()).toBe('canary 0, fence 2');
  });
});

describe('O6: PromoteStable, where an older version of Sluice has begun the promotion without a raise', () => {
  it('raises the fence, and goes on to the end under it', async () => {
    const promoting = { phase: 'promoting', safeSide: 'canary', stableGoal: newImage, pointOfNoReturnAtMs: 0 } as const;
    const { call, record, route, stableImage } = await lastStepIsDone({}, promoting);
    let payload = await call(promoteStable);
    expect([payload.fence, await route(), stableImage()]).toEqual([2, 'canary 100, fence 2', newImage]);
    for (const task of [awaitStable, returnTraffic, removeCanary, finish]) payload = await call(task, payload);
    expect([(await record()).phase, await route()]).toEqual(['succeeded', 'canary 0, fence 3']);
  });

  it('and where that version has raised nothing until the end, what comes after it goes on under the fence of before', async () => {
    const promoting = { phase: 'promoting', safeSide: 'canary', stableGoal: oldImage, pointOfNoReturnAtMs: 0 } as const;
    const { call, record, route } = await lastStepIsDone({}, promoting);
    let payload = await call(awaitStable);
    for (const task of [returnTraffic, removeCanary, finish]) payload = await call(task, payload);
    expect([(await record()).phase, await route()]).toEqual(['succeeded', 'canary 0, fence 2']);
  });
});

describe('PromoteStable, called twice at the same time', () => {
  it('goes on where the other call has held the routes between its look and its write', async () => {
    const { call, route, stableImage, beforeWrites } = await lastStepIsDone();
    let first = true;
    beforeWrites(async (resource) => {
      if (!first || resource !== 'virtualservices') return;
      first = false;
      await call(promoteStable);
    });
    expect(await call(promoteStable)).toMatchObject({ outcome: 'promoting', fence: 2 });
    expect([first, await route(), stableImage()]).toEqual([false, 'canary 100, fence 2', newImage]);
  });
});

describe('T3: a door that came while the store did not answer', () => {
  it('is not overruled by a PromoteStable which is late, though the fence that it wrote is the next one', async () => {
    const { call, route, router, stableImage } = await lastStepIsDone();
    await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
    await expect(call(promoteStable)).rejects.toThrow(FencedError);
    expect([await route(), stableImage()]).toEqual(['canary 0, fence 2', oldImage]);
  });
});
