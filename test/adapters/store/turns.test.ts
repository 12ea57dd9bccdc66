import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { spreadPartition } from '../../../adapters/store/spread-partitions.ts';
import { crowdedFrom, Turns } from '../../../adapters/store/turns.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { recordOf } from '../../core/rollout/rollout-for-tests.ts';
import { begin, starter, underWay } from './rollouts-for-tests.ts';

const image = recordOf().image;
const waiter = (name: string, pushedAtMs: number) => ({ digest: `sha256:${name}`, executionArn: starter(name).executionArn, pushedAtMs });

describe('waiting for the service', () => {
  const note = async (rollouts: Turns) => (await rollouts.readLock('checkout'))?.waiting;

  it('is noted, and the newest image wins', async () => {
    const { rollouts } = await underWay();
    expect(await rollouts.wait('checkout', waiter('older', 10))).toBe(true);
    expect(await rollouts.wait('checkout', waiter('newer', 20))).toBe(true);
    expect(await rollouts.wait('checkout', waiter('older', 10))).toBe(false);
    expect(await rollouts.wait('checkout', waiter('same', 20))).toBe(false);
    expect(await rollouts.wait('checkout', waiter('newer', 20))).toBe(true);
    expect(await note(rollouts)).toEqual(waiter('newer', 20));
  });

  it('needs no note where the service was never taken', async () => {
    const rollouts = new Turns(createMemoryStore(), new VirtualClock());
    expect(await rollouts.wait('checkout', waiter('first', 1))).toBe(true);
    expect(await rollouts.readLock('checkout')).toBeUndefined();
  });

  it('is kept by whatever the owner and the doors write, even if they read before it was noted', async () => {
    const { rollouts, held } = await underWay();
    await rollouts.wait('checkout', waiter('next', 10));
    const saved = await rollouts.save(held, { stepIndex: 1 });
    expect(saved.lock.waiting).toEqual(waiter('next', 10));
    await rollouts.wait('checkout', waiter('newer', 20));
    const raised = await rollouts.raiseFence('checkout', 'checkout-000001', {}, { known: saved });
    expect(raised?.lock.waiting).toEqual(waiter('newer', 20));
    if (raised === undefined) throw new Error('the fence was not raised');
    await rollouts.wait('checkout', waiter('newest', 30));
    await rollouts.end(raised, { phase: 'rolledBack' });
    expect(await note(rollouts)).toEqual(waiter('newest', 30));
  });

  it('ends with the next rollout', async () => {
    const { rollouts, held } = await underWay();
    await rollouts.wait('checkout', waiter('next', 10));
    await rollouts.end(held, { phase: 'succeeded' });
    await begin(rollouts, 'next');
    expect(await note(rollouts)).toBeUndefined();
  });
});

describe('O2: a push', () => {
  it('was seen, and its event delivered, once a rollout of it has begun', async () => {
    const { rollouts } = await underWay();
    expect(await rollouts.wasSeen('checkout', image.digest)).toBe(true);
    expect(await rollouts.wasSeen('checkout', 'sha256:other')).toBe(false);
    expect(await rollouts.wasSeen('cart', image.digest)).toBe(false);
    const redelivered = { ...starter('second'), eventId: starter('first').eventId };
    expect(await rollouts.wasDelivered('checkout', redelivered)).toBe(true);
  });

  it('is none that was delivered before, for the execution that dealt with it: a retry', async () => {
    const { rollouts } = await underWay();
    expect(await rollouts.wasDelivered('checkout', starter('first'))).toBe(false);
  });

  it('of the same bytes, by another event, was seen but not delivered', async () => {
    const { rollouts } = await underWay();
    expect(await rollouts.wasDelivered('checkout', starter('second'))).toBe(false);
  });

  it('without an event was never delivered', async () => {
    const { rollouts } = await underWay();
    const byHand: Parameters<Turns['wasDelivered']>[1] = { ...starter('second'), eventId: undefined };
    expect(await rollouts.wasDelivered('checkout', byHand)).toBe(false);
    await rollouts.noteSeen('checkout', { ...image, digest: 'sha256:hand' }, byHand);
    expect(await rollouts.wasSeen('checkout', 'sha256:hand')).toBe(true);
  });

  it('that came to nothing is noted as well', async () => {
    const rollouts = new Turns(createMemoryStore(), new VirtualClock());
    await rollouts.noteSeen('checkout', image, starter('first'));
    expect(await rollouts.wasSeen('checkout', image.digest)).toBe(true);
    expect(await rollouts.wasDelivered('checkout', { ...starter('second'), eventId: starter('first').eventId })).toBe(true);
    expect((await begin(rollouts, 'third')).outcome).toBe('begun');
  });
});

describe('a crowd', () => {
  const beside = spreadPartition('locks', 'checkout');
  const neighbours = Array.from({ length: 200 }, (_, index) => `service-${index}`).filter(
    (name) => spreadPartition('locks', name) === beside,
  );

  it('is as many rollouts under way as would keep too many Lambdas, reckoned from those whose lock stands beside', async () => {
    const { rollouts, crowded } = await withNeighbours(crowdedFrom - 1);
    expect(await crowded()).toBe(false);
    await beginAs(rollouts, String(neighbours[crowdedFrom - 1]));
    expect(await crowded()).toBe(true);
  });

  it('is over when they are', async () => {
    const { rollouts, crowded } = await withNeighbours(crowdedFrom);
    const { record } = await beginAs(rollouts, String(neighbours[crowdedFrom]));
    await rollouts.end(await rollouts.loadOwned(record), { phase: 'succeeded' });
    expect(await crowded()).toBe(true);
    const first = String(neighbours[0]);
    await rollouts.end(await rollouts.load(first, `${first}-000001`), { phase: 'succeeded' });
    expect(await crowded()).toBe(false);
  });

  async function withNeighbours(count: number) {
    const rollouts = new Turns(createMemoryStore(), new VirtualClock());
    for (const name of neighbours.slice(0, count)) await beginAs(rollouts, name);
    return { rollouts, crowded: () => rollouts.isCrowded('checkout') };
  }

  async function beginAs(rollouts: Turns, rollout: string) {
    const start = starter(rollout);
    const begun = await rollouts.begin(rollout, start, (id) => recordOf({ ...id, rollout, executionArn: start.executionArn }));
    if (begun.outcome !== 'begun') throw new Error('the service was held');
    return begun;
  }
});
