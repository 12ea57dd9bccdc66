import { describe, expect, it } from 'vitest';
import { leaseSeconds } from '../../../adapters/store/rollouts.ts';
import { listSpread } from '../../../adapters/store/spread-partitions.ts';
import { FencedError, NotFoundError, StoreConflictError } from '../../../core/errors.ts';
import type { Phase } from '../../../core/rollout/record.ts';
import { recordOf } from '../../core/rollout/rollout-for-tests.ts';
import { begin, starter, underWay } from './rollouts-for-tests.ts';

const image = recordOf().image;

describe('O1: beginning a rollout', () => {
  it('takes the service, with the first fence and a name made of it', async () => {
    const { rollouts, record } = await underWay();
    expect(record).toMatchObject({ rollout: 'checkout', rolloutId: 'checkout-000001', fence: 1 });
    expect(await rollouts.readLock('checkout')).toMatchObject({ rollout: 'checkout', rolloutId: 'checkout-000001', fence: 1 });
    expect(await rollouts.list('checkout')).toEqual([record]);
    expect((await rollouts.active()).map(({ rolloutId }) => rolloutId)).toEqual(['checkout-000001']);
  });

  it('is told begun again where the same execution asks again, and changes nothing', async () => {
    const { rollouts, record } = await underWay();
    expect(await begin(rollouts, 'first', { stableReplicas: 99 })).toEqual({ outcome: 'begun', record });
    expect(await rollouts.list('checkout')).toEqual([record]);
  });

  it('finds the service held where another one is under way', async () => {
    const { rollouts, record } = await underWay();
    expect(await begin(rollouts, 'second')).toEqual({ outcome: 'held', holder: record });
  });

  it('does not hinder another service', async () => {
    const { rollouts } = await underWay();
    const other = await rollouts.begin('cart', starter('cart'), (id) => recordOf({ rollout: 'cart', ...id }));
    expect(other).toMatchObject({ outcome: 'begun', record: { rolloutId: 'cart-000001', fence: 1 } });
    expect(await rollouts.active()).toHaveLength(2);
  });

  it('raises the fence for ever, also over the ends of rollouts and what doors raised', async () => {
    const { rollouts, held } = await underWay();
    await rollouts.end(held, { phase: 'succeeded' });
    expect(await begin(rollouts, 'second')).toMatchObject({ record: { fence: 2, rolloutId: 'checkout-000002' } });
    const raised = await rollouts.raiseFence('checkout', 'checkout-000002', {}, { atLeast: 9 });
    if (raised === undefined) throw new Error('the fence was not raised');
    await rollouts.end(raised, { phase: 'rolledBack' });
    expect(await begin(rollouts, 'third')).toMatchObject({ record: { fence: 10, rolloutId: 'checkout-000010' } });
    expect((await rollouts.list('checkout')).map(({ rolloutId }) => rolloutId)).toEqual([
      'checkout-000001',
      'checkout-000002',
      'checkout-000010',
    ]);
  });

  it('T3: is refused to an execution whose rollout a door has taken, so that a late retry does not get its fence', async () => {
    const { rollouts, record } = await underWay();
    await rollouts.raiseFence('checkout', record.rolloutId, {});
    await expect(begin(rollouts, 'first')).rejects.toThrow(FencedError);
    await expect(begin(rollouts, 'first')).rejects.toThrow('has begun checkout-000001 already');
  });

  it.each<Phase>(['succeeded', 'rolledBack', 'failed'])(
    'T3: is refused to an execution whose rollout ended as %s: a redrive',
    async (phase) => {
      const { rollouts, held } = await underWay();
      await rollouts.end(held, { phase });
      await expect(begin(rollouts, 'first')).rejects.toThrow(FencedError);
      expect(await rollouts.list('checkout')).toHaveLength(1);
    },
  );
});

describe('loading', () => {
  it('a rollout that does not exist says so', async () => {
    const { rollouts } = await underWay();
    await expect(rollouts.load('checkout', 'checkout-000009')).rejects.toThrow(NotFoundError);
    await expect(rollouts.load('cart', 'cart-000001')).rejects.toThrow('There is no rollout cart-000001.');
    expect(await rollouts.readLock('cart')).toBeUndefined();
  });

  it('what is owned is refused where a door raised the fence, with both fences and who holds it', async () => {
    const { rollouts, record } = await underWay();
    await rollouts.raiseFence('checkout', record.rolloutId, {});
    const loading = rollouts.loadOwned(record);
    await expect(loading).rejects.toThrow(FencedError);
    await expect(loading).rejects.toThrow('acts under fence 1, but checkout is at fence 2, held by checkout-000001');
  });

  it('what is owned is refused where it ended, and where another rollout holds the service', async () => {
    const { rollouts, record, held } = await underWay();
    await rollouts.end(held, { phase: 'succeeded' });
    await expect(rollouts.loadOwned(record)).rejects.toThrow(FencedError);
    await begin(rollouts, 'second');
    await expect(rollouts.loadOwned(record)).rejects.toThrow('held by checkout-000002');
    await expect(rollouts.loadOwned({ ...record, fence: 2 })).rejects.toThrow(FencedError);
  });
});

describe('saving', () => {
  it('writes what changed, and can go on from what it returns', async () => {
    const { rollouts, record, held } = await underWay();
    const saved = await rollouts.save(held, { phase: 'progressing', stepIndex: 1 });
    expect(saved.record).toEqual({ ...record, phase: 'progressing', stepIndex: 1 });
    await rollouts.save(saved, { stepIndex: 2 });
    expect((await rollouts.loadOwned(record)).record.stepIndex).toBe(2);
  });

  it('T3: is fenced once a door has raised the fence, and writes nothing', async () => {
    const { store, rollouts, record, held } = await underWay();
    await rollouts.raiseFence('checkout', record.rolloutId, {});
    const all = () => Promise.all([listSpread(store, 'locks'), store.list('rollouts#checkout')]);
    const before = await all();
    await expect(rollouts.save(held, { stepIndex: 5 })).rejects.toThrow(FencedError);
    expect(await all()).toEqual(before);
  });

  it('is fenced once the rollout has ended', async () => {
    const { rollouts, held } = await underWay();
    await rollouts.end(held, { phase: 'succeeded' });
    await expect(rollouts.save(held, {})).rejects.toThrow(FencedError);
    await expect(rollouts.end(held, { phase: 'failed' })).rejects.toThrow(FencedError);
  });

  it('is a conflict where the same owner has saved in between', async () => {
    const { rollouts, record, held } = await underWay();
    await rollouts.save(held, { stepIndex: 1 });
    await expect(rollouts.save(held, { stepIndex: 5 })).rejects.toThrow(StoreConflictError);
    expect((await rollouts.loadOwned(record)).record.stepIndex).toBe(1);
  });

  it.each<[string, number | undefined, number]>([
    ['nothing else', undefined, leaseSeconds],
    ['a quiet time', 240, leaseSeconds + 240],
  ])('O3: renews the lease from now on by %s', async (_what, quietSeconds, seconds) => {
    const { rollouts, clock, held } = await underWay();
    await clock.sleep(30_000);
    const saved = await rollouts.save(held, {}, ...(quietSeconds === undefined ? [] : [quietSeconds]));
    expect(saved.lock.leaseUntilMs).toBe(clock.now() + seconds * 1000);
    expect(await rollouts.readLock('checkout')).toEqual(saved.lock);
  });

  it("O3: keeps the owner's lease where somebody writes in between", async () => {
    const { rollouts, clock, held } = await underWay();
    const quiet = await rollouts.save(held, {}, 3600);
    await clock.sleep(30_000);
    const asked = await rollouts.save(quiet, { request: { action: 'pause', by: 'ada', why: '', atMs: clock.now() } }, 'keep');
    expect(asked.lock.leaseUntilMs).toBe(quiet.lock.leaseUntilMs);
  });
});

describe('O2: raising the fence', () => {
  it('takes the rollout, says why, and begins a lease of its own', async () => {
    const { rollouts, clock, held } = await underWay();
    await rollouts.save(held, {}, 3600);
    await clock.sleep(5_000);
    const raised = await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm', reason: 'It fires.' });
    expect(raised?.record).toMatchObject({ phase: 'rollingBack', fence: 2, rollbackReason: 'alarm', reason: 'It fires.' });
    expect(raised?.lock).toMatchObject({ fence: 2, rolloutId: 'checkout-000001', leaseUntilMs: clock.now() + leaseSeconds * 1000 });
    expect(await rollouts.loadOwned({ rollout: 'checkout', rolloutId: 'checkout-000001', fence: 2 })).toEqual(raised);
  });

  it('again finds it done: the same fence, and the first reason', async () => {
    const { rollouts } = await underWay();
    const first = await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm' });
    const second = await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'abort' });
    expect(second).toEqual(first);
  });

  it.each([
    [0, 2],
    [2, 2],
    [3, 3],
    [9, 9],
  ])('to at least %i makes it %i', async (atLeast, fence) => {
    const { rollouts } = await underWay();
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { atLeast })).toMatchObject({ lock: { fence }, record: { fence } });
  });

  it('goes beyond what was raised already where a route carries a newer one', async () => {
    const { rollouts } = await underWay();
    await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm' });
    const again = await rollouts.raiseFence('checkout', 'checkout-000001', {}, { atLeast: 8, own: 2 });
    expect(again).toMatchObject({ lock: { fence: 8 }, record: { fence: 8, rollbackReason: 'alarm' } });
  });

  it('is nothing to do where the rollout has ended, or another one holds the service', async () => {
    const { rollouts, held } = await underWay();
    await rollouts.end(held, { phase: 'succeeded' });
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {})).toBeUndefined();
    await begin(rollouts, 'second');
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {})).toBeUndefined();
    expect(await rollouts.readLock('checkout')).toMatchObject({ fence: 2, rolloutId: 'checkout-000002' });
  });

  it.each([
    ['person', { record: { phase: 'rollingBack', fence: 2 } }],
    ['alarm', undefined],
    ['sluice', undefined],
    ['sweep', undefined],
  ] as const)('takes a failed rollout, which holds the service, once more only for a person: %s', async (kind, taken) => {
    const { rollouts, held } = await underWay();
    await rollouts.end(held, { phase: 'failed' });
    const raised = await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackActor: { kind, id: 'ada' } });
    if (taken === undefined) expect(raised).toBeUndefined();
    else expect(raised).toMatchObject(taken);
  });

  it('is nothing to do for a late door whose route carries the fence that the rollback itself has raised since', async () => {
    const { rollouts } = await underWay();
    const raised = await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm' });
    if (raised === undefined) throw new Error('the fence was not raised');
    const { lock } = await rollouts.save(raised, { fence: 3 });
    expect(lock.fence).toBe(3);
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { atLeast: 4, own: 2 })).toBeUndefined();
  });

  it('is nothing to do for a late door whose rollback has gone beyond its fence, however much newer that is than the one on the route', async () => {
    const { rollouts } = await underWay();
    const raised = await rollouts.raiseFence('checkout', 'checkout-000001', { rollbackReason: 'alarm' });
    if (raised === undefined) throw new Error('the fence was not raised');
    await rollouts.save(raised, { fence: 6 });
    for (const atLeast of [4, 5, 6, 7, 8]) {
      expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { atLeast, own: 2 })).toBeUndefined();
    }
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { atLeast: 9, own: 6 })).toMatchObject({ record: { fence: 9 } });
  });

  it('spares itself a read where the rollout was just read, and reads where that is out of date', async () => {
    const { rollouts, held: known } = await underWay();
    await rollouts.save(known, { stepIndex: 2 });
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { known })).toMatchObject({ record: { fence: 2, stepIndex: 2 } });
  });

  it('is nothing to do where the rollout has ended since it was read, even in the middle of its rollback', async () => {
    const { rollouts, held } = await underWay();
    const known = await rollouts.raiseFence('checkout', 'checkout-000001', {});
    if (known === undefined) throw new Error('the fence was not raised');
    await rollouts.end(known, { phase: 'rolledBack' });
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { known })).toBeUndefined();
    expect(await rollouts.raiseFence('checkout', 'checkout-000001', {}, { known: held })).toBeUndefined();
  });
});

describe('ending a rollout', () => {
  it.each<[Phase, string]>([
    ['succeeded', ''],
    ['rolledBack', ''],
    ['failed', 'checkout-000001'],
  ])('as %s leaves the service to "%s", and says when', async (phase, holder) => {
    const { rollouts, clock, held } = await underWay();
    await clock.sleep(1_000);
    expect(await rollouts.end(held, { phase })).toMatchObject({ phase, endedAtMs: clock.now() });
    expect(await rollouts.readLock('checkout')).toMatchObject({ rolloutId: holder, fence: 1 });
    expect((await rollouts.active()).length).toBe(holder === '' ? 0 : 1);
    const next = await begin(rollouts, 'second');
    expect(next.outcome).toBe(holder === '' ? 'begun' : 'held');
  });

  it('O4: puts its image into quarantine where there is a reason to', async () => {
    const { rollouts, held } = await underWay();
    expect(await rollouts.quarantineOf('checkout', image.digest)).toBeUndefined();
    await rollouts.end(held, { phase: 'rolledBack' }, 'analysis: error rate is 0.5.');
    expect(await rollouts.quarantineOf('checkout', image.digest)).toBe('analysis: error rate is 0.5.');
    expect(await rollouts.quarantineOf('checkout', 'sha256:next')).toBeUndefined();
    expect(await rollouts.quarantineOf('cart', image.digest)).toBeUndefined();
  });

  it('puts nothing into quarantine where it is fenced', async () => {
    const { rollouts, held } = await underWay();
    await rollouts.raiseFence('checkout', 'checkout-000001', {});
    await expect(rollouts.end(held, { phase: 'rolledBack' }, 'analysis')).rejects.toThrow(FencedError);
    expect(await rollouts.quarantineOf('checkout', image.digest)).toBeUndefined();
  });

  it.each<[Phase, boolean]>([
    ['pending', false],
    ['progressing', false],
    ['paused', false],
    ['promoting', false],
    ['rollingBack', false],
    ['succeeded', true],
    ['rolledBack', true],
    ['failed', true],
  ])('a rollout that is %s has ended: %s', async (phase, ended) => {
    const { rollouts } = await underWay();
    expect(rollouts.isEnded(recordOf({ phase }))).toBe(ended);
  });
});
