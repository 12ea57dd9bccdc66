import { describe, expect, it } from 'vitest';
import { History } from '../../../adapters/store/history.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Turns } from '../../../adapters/store/turns.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { startMs } from '../../core/rollout/rollout-for-tests.ts';
import { begin, starter } from './rollouts-for-tests.ts';

const dayMs = 86_400_000;

/** A rollout of checkout that began now, in a store that keeps history for 90 days. */
async function underWayWithRetention() {
  const clock = new VirtualClock({ startMs });
  const store = createMemoryStore({ clock, retentionDays: 90 });
  const rollouts = new Turns(store, clock);
  const begun = await begin(rollouts, 'first');
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  const { rolloutId, image } = begun.record;
  const line = { atMs: startMs, rolloutId, what: 'begun', phase: 'progressing', stepIndex: 0, weight: 0, reason: 'A push.' } as const;
  await new History(store).append({ ...line, actor: { kind: 'push', id: 'v2' } });
  const held = () => rollouts.loadOwned(begun.record);
  return { clock, store, rollouts, rolloutId, image, held };
}

describe('what a store with a retention keeps of a rollout', () => {
  it('is nothing of one that has ended, when the retention is over: not its record, its lines, nor the notes of its push', async () => {
    const { clock, store, rollouts, rolloutId, image, held } = await underWayWithRetention();
    await rollouts.end(await held(), { phase: 'succeeded' });
    await clock.sleep(90 * dayMs - 1);
    expect(await rollouts.list('checkout')).toHaveLength(1);
    expect(await new History(store).list(rolloutId)).toHaveLength(1);
    await clock.sleep(1);
    expect(await rollouts.list('checkout')).toEqual([]);
    expect(await new History(store).list(rolloutId)).toEqual([]);
    expect(await rollouts.wasSeen('checkout', image.digest)).toBe(false);
    expect(await rollouts.wasDelivered('checkout', { ...starter('second'), eventId: starter('first').eventId })).toBe(false);
  });

  it('T3: is the fence, so that the next rollout goes on from it under a name of its own', async () => {
    const { clock, rollouts, held } = await underWayWithRetention();
    await rollouts.end(await held(), { phase: 'succeeded' });
    await clock.sleep(1_000 * dayMs);
    expect(await begin(rollouts, 'second')).toMatchObject({ outcome: 'begun', record: { rolloutId: 'checkout-000002', fence: 2 } });
  });

  it('O4: is the quarantine of an image that failed', async () => {
    const { clock, rollouts, image, held } = await underWayWithRetention();
    await rollouts.end(await held(), { phase: 'rolledBack' }, 'It failed.');
    await clock.sleep(1_000 * dayMs);
    expect(await rollouts.quarantineOf('checkout', image.digest)).toBe('It failed.');
  });

  it.each(['progressing', 'failed'] as const)('is the record of one that is %s, however long it is', async (phase) => {
    const { clock, rollouts, rolloutId, held } = await underWayWithRetention();
    if (phase === 'failed') await rollouts.end(await held(), { phase });
    else await rollouts.save(await held(), { phase });
    await clock.sleep(1_000 * dayMs);
    expect((await rollouts.load('checkout', rolloutId)).record.phase).toBe(phase);
  });
});
