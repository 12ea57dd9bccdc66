import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Turns } from '../../../adapters/store/turns.ts';
import type { RolloutStore } from '../../../core/ports.ts';
import type { RolloutRecord } from '../../../core/rollout/record.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:one';

function recordOf(rolloutId: string, fence: number): RolloutRecord {
  return {
    rolloutId,
    rollout: 'checkout',
    fence,
    phase: 'progressing',
    spec: {},
    specVersion: 1,
    image: { repository: 'shop/checkout', digest: `sha256:${'2'.repeat(64)}`, pushedAtMs: 0 },
    executionArn,
    actor: { kind: 'push', id: 'v2' },
    cluster: { name: 'sandbox', endpoint: 'http://127.0.0.1', certificateAuthority: '' },
    stableImage: 'shop/checkout@sha256:1',
    stableReplicas: 2,
    startedAtMs: 0,
    stepIndex: 0,
    split: { stable: 0, canary: 100 },
    safeSide: 'stable',
    pins: [],
    tallies: {},
    ignoredAlarms: [],
    restores: 0,
    rollbackAttempt: 0,
  };
}

async function begun() {
  const memory = createMemoryStore();
  const counts = { reads: 0 };
  const store: RolloutStore = {
    ...memory,
    read: (key) => {
      counts.reads += 1;
      return memory.read(key);
    },
  };
  const rollouts = new Turns(store, new VirtualClock());
  const result = await rollouts.begin('checkout', { executionArn, eventId: undefined }, ({ rolloutId, fence }) =>
    recordOf(rolloutId, fence),
  );
  if (result.outcome !== 'begun') throw new Error('the service was not free');
  const known = await rollouts.load('checkout', result.record.rolloutId);
  return { rollouts, known, counts, rolloutId: result.record.rolloutId };
}

describe('a door that raises the fence', () => {
  it('spares itself a read where it has the rollout already', async () => {
    const { rollouts, known, counts, rolloutId } = await begun();
    counts.reads = 0;
    const raised = await rollouts.raiseFence('checkout', rolloutId, { reason: 'an alarm' }, { known });
    expect(raised?.record).toMatchObject({ phase: 'rollingBack', fence: known.record.fence + 1, reason: 'an alarm' });
    expect(counts.reads).toBe(0);
  });

  it('goes by what a promotion has written meanwhile, not by what it knew: the safe side may have changed (T1)', async () => {
    const { rollouts, known, rolloutId } = await begun();
    await rollouts.save(known, { phase: 'promoting', safeSide: 'canary' });
    const raised = await rollouts.raiseFence('checkout', rolloutId, {}, { known });
    expect(raised?.record).toMatchObject({ phase: 'rollingBack', safeSide: 'canary', fence: known.record.fence + 1 });
  });

  it('finds nothing to take where the rollout has ended since it was read', async () => {
    const { rollouts, known, rolloutId } = await begun();
    await rollouts.end(known, { phase: 'succeeded' });
    expect(await rollouts.raiseFence('checkout', rolloutId, {}, { known })).toBeUndefined();
  });

  it('once more for an alarm, where the rollback finishes a promotion: once, with the reason and the fence of the alarm (O3)', async () => {
    const { rollouts, known, rolloutId } = await begun();
    await rollouts.save(known, { phase: 'promoting', pointOfNoReturnAtMs: 1 });
    await rollouts.raiseFence('checkout', rolloutId, { rollbackReason: 'timeout' });
    const abort = await rollouts.raiseFence('checkout', rolloutId, { rollbackReason: 'error' });
    expect(abort?.record).toMatchObject({ rollbackReason: 'timeout', fence: 2, rollbackFence: 2 });
    const alarms = await Promise.all([1, 2].map(() => rollouts.raiseFence('checkout', rolloutId, { rollbackReason: 'alarm' })));
    for (const raised of alarms) expect(raised?.record).toMatchObject({ rollbackReason: 'alarm', fence: 3, rollbackFence: 3 });
  });

  it('keeps the fence that a rollback was started under where it goes beyond one on a route', async () => {
    const { rollouts, rolloutId } = await begun();
    await rollouts.raiseFence('checkout', rolloutId, { rollbackReason: 'abort' });
    const raised = await rollouts.raiseFence('checkout', rolloutId, {}, { atLeast: 8, own: 2 });
    expect(raised?.record).toMatchObject({ fence: 8, rollbackFence: 2 });
  });

  it('has one effect with several doors that knew the same (O2)', async () => {
    const { rollouts, known, rolloutId } = await begun();
    const raised = await Promise.all([1, 2, 3].map(() => rollouts.raiseFence('checkout', rolloutId, {}, { known })));
    expect(raised.map((held) => held?.record.fence)).toEqual([2, 2, 2]);
  });
});
