import { describe, expect, it } from 'vitest';
import { pinAutoscaler } from '../../../adapters/eks/workload/autoscaler.ts';
import { autoscalerRef, rolloutIdAnnotation } from '../../../adapters/eks/workload/names.ts';
import { keys } from '../../../adapters/store/keys.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Turns } from '../../../adapters/store/turns.ts';
import { abortForPerson } from '../../../runtime/acts/abort-for-person.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { autoscaler, names, owner } from '../../adapters/eks/workload/manifests.ts';
import { clusterWith, mainRule, put, virtualService } from '../../adapters/mesh/istio/virtual-services.ts';
import { begin, underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';
import { runByHand } from './dynamodb-by-hand.ts';
import { commandsOf, optionOf, pageOf, sectionsOf } from './pages.ts';

const sections = sectionsOf(pageOf('by-hand.md'));
/** The commands of a section that have all of these words, each as one word or within one. */
function commandsIn(title: string, ...wanted: readonly string[]): readonly (readonly string[])[] {
  const { text = '' } = sections.find((section) => section.title === title) ?? {};
  return commandsOf(text).filter((words) => wanted.every((each) => words.some((word) => word.includes(each))));
}
const only = (found: readonly (readonly string[])[]): readonly string[] => {
  expect(found).toHaveLength(1);
  return found[0] ?? [];
};

/** The rollout of the example has failed to roll back, and holds its service. */
async function failed() {
  const started = await underWay();
  const { store, rollouts, held, record } = started;
  await rollouts.end(held, { phase: 'failed' });
  const free = only(commandsIn('The lock is held by nobody', 'update-item')).map((word) =>
    word.replace('checkout-000007', record.rolloutId),
  );
  return { ...started, store, free };
}

describe('a lock that is freed by hand', () => {
  it('gives the service to the next rollout, under a fence above', async () => {
    const { store, rollouts, record, free } = await failed();
    expect(await runByHand(store, free)).toBe(true);
    expect(await rollouts.active()).toEqual([]);
    expect(await begin(rollouts, 'next')).toMatchObject({ outcome: 'begun', record: { fence: record.fence + 1 } });
  });

  it('stays where another rollout has it meanwhile', async () => {
    const { store, rollouts, free } = await failed();
    await runByHand(store, free);
    await begin(rollouts, 'next');
    expect(await runByHand(store, free)).toBe(false);
    expect(await rollouts.active()).toHaveLength(1);
  });

  it('is read by the key that it has', () => {
    const [, , operation] = only(commandsIn('The lock is held by nobody', 'get-item'));
    const key = JSON.parse(optionOf(only(commandsIn('The lock is held by nobody', 'get-item')), '--key') ?? '{}');
    const { partition, sort } = keys.lock('checkout');
    expect([operation, key]).toEqual(['get-item', { partition: { S: partition }, sort: { S: sort } }]);
  });
});

describe('an image that is quarantined', () => {
  it('is free for pushes again when its item is deleted by hand', async () => {
    const remove = only(commandsIn('An image is quarantined', 'delete-item'));
    const { sort } = JSON.parse(optionOf(remove, '--key') ?? '{}') as { readonly sort: { readonly S: string } };
    const store = createMemoryStore();
    const rollouts = new Turns(store, new VirtualClock());
    const value = { why: 'alarm: it fired', rolloutId: 'checkout-000001', atMs: 0 };
    await store.write([{ put: keys.quarantine('checkout', sort.S), value, expect: 'absent' }]);
    expect(await rollouts.quarantineOf('checkout', sort.S)).toBe('alarm: it fired');
    await runByHand(store, remove);
    expect(await rollouts.quarantineOf('checkout', sort.S)).toBeUndefined();
  });
});

describe('a table that was lost', () => {
  const title = 'The table is gone, or does not answer';

  it('counts on from the fence that is put there by hand', async () => {
    const store = createMemoryStore();
    const rollouts = new Turns(store, new VirtualClock());
    expect(await runByHand(store, only(commandsIn(title, 'put-item')))).toBe(true);
    expect(await begin(rollouts, 'first')).toMatchObject({ outcome: 'begun', record: { fence: 9 } });
    expect(await runByHand(store, only(commandsIn(title, 'put-item')))).toBe(false);
  });

  it('has the fence of an older item raised by hand, never lowered, and not while a rollout holds it', async () => {
    const { store, rollouts, held, free } = { ...(await underWay()), free: only(commandsIn(title, 'update-item')) };
    expect(await runByHand(store, free)).toBe(false);
    await rollouts.end(held, { phase: 'rolledBack' });
    expect(await runByHand(store, free)).toBe(true);
    expect((await rollouts.readLock('checkout'))?.fence).toBe(8);
    expect(await runByHand(store, free)).toBe(false);
  });

  it('is searched for canaries by the annotation that they carry', () => {
    const escaped = rolloutIdAnnotation.replaceAll('.', '\\.');
    expect(commandsIn(title, `.metadata.annotations.${escaped}}`)).toHaveLength(1);
  });
});

describe('an autoscaler whose pin nobody takes off', () => {
  it('has its minimum back by hand, as its annotation says', async () => {
    const object = autoscaler({ minReplicas: 2, maxReplicas: 10 });
    const { name } = object.metadata;
    const api = new FakeKubernetes(object);
    const ref = autoscalerRef(names.namespace, name);
    await pinAutoscaler(api, { ...names, ...owner, replicas: 6 });
    expect(api.peek(ref)).toMatchObject({
      spec: { minReplicas: 6 },
      metadata: { annotations: { 'pin.sluice.dev/checkout': expect.stringContaining('"minReplicas":2') } },
    });
    const patch = JSON.parse(optionOf(only(commandsIn('The controller is gone for good', 'patch')), '--patch') ?? '{}') as Record<
      string,
      unknown
    >;
    await api.write({ mergePatch: ref, patch });
    const after = api.peek(ref);
    expect(after).toMatchObject({ spec: { minReplicas: 2 } });
    expect(after?.metadata.annotations).not.toHaveProperty(['pin.sluice.dev/checkout']);
  });
});

describe('a service whose rollback has failed', () => {
  it('is rolled back anew by `sluice abort`', async () => {
    const { store, clock, rollouts, record } = await failed();
    const api = await clusterWith();
    await put(api, virtualService('checkout', [mainRule]));
    const started: string[] = [];
    const executions = {
      start: async (_: string, name: string) => {
        started.push(name);
        return 'started' as const;
      },
      describe: async () => ({ status: 'running' as const }),
      stop: async () => undefined,
    };
    const deps = { store, clock, clusters: { open: () => api }, executions, log: createMemoryLog() };
    await abortForPerson(deps, { rollout: 'checkout', by: 'ada', why: 'looked at it' }).catch(() => undefined);
    expect((await rollouts.load('checkout', record.rolloutId)).record).toMatchObject({ phase: 'rollingBack', fence: record.fence + 1 });
    expect(started).toEqual([`checkout-${record.fence + 1}-1`]);
  });
});
