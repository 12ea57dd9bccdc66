import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keys } from '../../../adapters/store/keys.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Turns } from '../../../adapters/store/turns.ts';
import { FencedError, StoreConflictError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { begin, overtakenStore, scheduledStore, starter, underWay } from './rollouts-for-tests.ts';

/** Runs the acts against one store, their reads and writes in an order that fast-check chooses. */
async function race(scheduler: fc.Scheduler, rollouts: Turns, acts: readonly ((rollouts: Turns) => Promise<unknown>)[]) {
  const outcomes = acts.map((act) => act(rollouts));
  await scheduler.waitFor(Promise.allSettled(outcomes));
  return Promise.allSettled(outcomes);
}

async function raced(scheduler: fc.Scheduler) {
  const store = createMemoryStore();
  const plain = await underWay(store);
  const schedule = (label: string) => scheduler.schedule(Promise.resolve(label), label);
  return { ...plain, racing: new Turns(scheduledStore(store, schedule), plain.clock) };
}

/** A property of all orders; few enough of them for a test, and others each time. */
function inAnyOrder(check: (scheduler: fc.Scheduler) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(fc.scheduler(), check), { numRuns: 150 });
}

describe('O1: of five rollouts that begin at once', () => {
  it('exactly one begins, and the others are told which', () =>
    inAnyOrder(async (scheduler) => {
      const store = createMemoryStore();
      const rollouts = new Turns(
        scheduledStore(store, (label) => scheduler.schedule(Promise.resolve(label), label)),
        new VirtualClock(),
      );
      const names = ['a', 'b', 'c', 'd', 'e'];
      const outcomes = await race(
        scheduler,
        rollouts,
        names.map((name) => (on) => begin(on, name)),
      );
      const told = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? (outcome.value as { outcome: string }).outcome : 'error'));
      expect(told.toSorted()).toEqual(['begun', 'held', 'held', 'held', 'held']);
      const [lock] = await new Turns(store, new VirtualClock()).active();
      const winner = names[told.indexOf('begun')] ?? '';
      expect(await new Turns(store, new VirtualClock()).list('checkout')).toMatchObject([
        { rolloutId: lock?.rolloutId, fence: 1, executionArn: starter(winner).executionArn },
      ]);
    }));

  it('one begins where all are retries of the same execution, and all are told so', () =>
    inAnyOrder(async (scheduler) => {
      const store = createMemoryStore();
      const rollouts = new Turns(
        scheduledStore(store, (label) => scheduler.schedule(Promise.resolve(label), label)),
        new VirtualClock(),
      );
      const outcomes = await race(
        scheduler,
        rollouts,
        [1, 2, 3].map(() => (on) => begin(on, 'same')),
      );
      expect(outcomes).toMatchObject([1, 2, 3].map(() => ({ status: 'fulfilled', value: { outcome: 'begun', record: { fence: 1 } } })));
    }));
});

describe('T3: an owner and a door at once', () => {
  it('either the save comes first, or it is fenced; the door always wins in the end', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts, held } = await raced(scheduler);
      const [save, door] = await race(scheduler, racing, [
        (on) => on.save(held, { stepIndex: 7 }),
        (on) => on.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm' }),
      ]);
      expect(door).toMatchObject({ status: 'fulfilled', value: { record: { fence: 2, phase: 'rollingBack' }, lock: { fence: 2 } } });
      const { record, lock } = await rollouts.load('checkout', 'checkout-000001');
      expect(record).toMatchObject({ phase: 'rollingBack', fence: 2, rollbackReason: 'alarm' });
      expect(lock.fence).toBe(2);
      if (save?.status === 'rejected') {
        expect(save.reason).toBeInstanceOf(FencedError);
        expect(record.stepIndex).toBe(0);
      } else {
        expect(record.stepIndex).toBe(7);
      }
    }));

  it('a save never takes the rollback back, however often the owner loads and saves', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts, record } = await raced(scheduler);
      const owner = async (on: Turns) => {
        for (let step = 1; step <= 3; step += 1) await on.save(await on.loadOwned(record), { phase: 'progressing', stepIndex: step });
      };
      await race(scheduler, racing, [owner, (on) => on.raiseFence('checkout', record.rolloutId, {})]);
      expect(await rollouts.load('checkout', record.rolloutId)).toMatchObject({
        record: { phase: 'rollingBack', fence: 2 },
        lock: { fence: 2 },
      });
    }));

  it('O2: many doors have one effect, and all get the same fence', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts, held } = await raced(scheduler);
      const door = (on: Turns) => on.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm' });
      const outcomes = await race(scheduler, racing, [door, door, door, (on) => on.save(held, { stepIndex: 1 })]);
      for (const outcome of outcomes.slice(0, 3)) {
        expect(outcome).toMatchObject({ status: 'fulfilled', value: { record: { fence: 2 }, lock: { fence: 2 } } });
      }
      expect(await rollouts.readLock('checkout')).toMatchObject({ fence: 2 });
    }));

  it('the end of a rollout and a door: one of them wins whole', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts, held } = await raced(scheduler);
      const [end, door] = await race(scheduler, racing, [
        (on) => on.end(held, { phase: 'succeeded' }),
        (on) => on.raiseFence('checkout', 'checkout-000001', {}),
      ]);
      const { record, lock } = await rollouts.load('checkout', 'checkout-000001');
      if (end?.status === 'fulfilled') {
        expect(door).toMatchObject({ status: 'fulfilled', value: undefined });
        expect([record.phase, record.fence, lock.rolloutId, lock.fence]).toEqual(['succeeded', 1, '', 1]);
      } else {
        expect(end?.reason).toBeInstanceOf(FencedError);
        expect([record.phase, record.fence, lock.rolloutId, lock.fence]).toEqual(['rollingBack', 2, 'checkout-000001', 2]);
      }
    }));

  it('a late Begin of the same execution never gets what the door took', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts } = await raced(scheduler);
      const [again, door] = await race(scheduler, racing, [
        (on) => begin(on, 'first'),
        (on) => on.raiseFence('checkout', 'checkout-000001', {}),
      ]);
      expect(door).toMatchObject({ status: 'fulfilled', value: { lock: { fence: 2 } } });
      if (again?.status === 'fulfilled') expect(again.value).toMatchObject({ outcome: 'begun', record: { fence: 1 } });
      else expect(again?.reason).toBeInstanceOf(FencedError);
      expect(await rollouts.load('checkout', 'checkout-000001')).toMatchObject({ record: { phase: 'rollingBack' }, lock: { fence: 2 } });
    }));
});

describe('whoever waits', () => {
  const waiter = { digest: 'sha256:next', executionArn: starter('next').executionArn, pushedAtMs: 10 };

  it('is never lost between what the owner reads and writes, nor keeps it from writing', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts, record } = await raced(scheduler);
      const outcomes = await race(scheduler, racing, [
        async (on) => on.save(await on.loadOwned(record), { stepIndex: 1 }),
        (on) => on.wait('checkout', waiter),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await rollouts.load('checkout', record.rolloutId)).toMatchObject({ record: { stepIndex: 1 }, lock: { waiting: waiter } });
    }));

  it('is never lost at the end of a rollout', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts, held } = await raced(scheduler);
      const outcomes = await race(scheduler, racing, [(on) => on.end(held, { phase: 'succeeded' }), (on) => on.wait('checkout', waiter)]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await rollouts.readLock('checkout')).toMatchObject({ rolloutId: '', waiting: waiter });
    }));

  it('is the newest of many', () =>
    inAnyOrder(async (scheduler) => {
      const { racing, rollouts } = await raced(scheduler);
      const times = [10, 30, 20];
      await race(
        scheduler,
        racing,
        times.map(
          (pushedAtMs) => (on) => on.wait('checkout', { ...waiter, executionArn: starter(`at-${pushedAtMs}`).executionArn, pushedAtMs }),
        ),
      );
      expect(await rollouts.readLock('checkout')).toMatchObject({ waiting: { pushedAtMs: 30 } });
    }));
});

describe('a rollout that changes hands while it is read', () => {
  it('is read again, so that its record and its lock are of one time', async () => {
    const { store, rollouts, clock } = await underWay();
    let toldRead: () => void = () => undefined;
    const recordRead = new Promise<void>((resolve) => {
      toldRead = resolve;
    });
    const taken = recordRead.then(() => rollouts.raiseFence('checkout', 'checkout-000001', {}));
    const reads: string[] = [];
    const lockPartition = keys.lock('checkout').partition;
    const between = new Turns(
      {
        ...passingOn(store),
        // The record is read, a door comes, the lock is read.
        read: async (key) => {
          reads.push(key.partition);
          if (key.partition === lockPartition) await taken;
          const item = await store.read(key);
          toldRead();
          return item;
        },
      },
      clock,
    );
    expect(await between.load('checkout', 'checkout-000001')).toMatchObject({ record: { fence: 2 }, lock: { fence: 2 } });
    expect(reads).toEqual(['rollouts#checkout', lockPartition, 'rollouts#checkout', lockPartition]);
  });
});

describe('an owner that is overtaken between its read and its write', () => {
  it('by another save of its own is a conflict, not a fence: a retry can help', async () => {
    const { store, rollouts, clock, held } = await underWay();
    const late = new Turns(
      overtakenStore(store, () => rollouts.save(held, { stepIndex: 3 })),
      clock,
    );
    await expect(late.save(held, { stepIndex: 9 })).rejects.toThrow(StoreConflictError);
    expect((await rollouts.load('checkout', 'checkout-000001')).record.stepIndex).toBe(3);
  });

  it('by a door is fenced', async () => {
    const { store, rollouts, clock, held } = await underWay();
    const late = new Turns(
      overtakenStore(store, () => rollouts.raiseFence('checkout', 'checkout-000001', {})),
      clock,
    );
    await expect(late.save(held, { stepIndex: 9 })).rejects.toThrow(FencedError);
  });
});

function passingOn(store: ReturnType<typeof createMemoryStore>) {
  return {
    read: (key: Parameters<typeof store.read>[0]) => store.read(key),
    list: (partition: string) => store.list(partition),
    write: (changes: Parameters<typeof store.write>[0]) => store.write(changes),
  };
}
