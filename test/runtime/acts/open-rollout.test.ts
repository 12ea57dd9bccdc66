import { describe, expect, it } from 'vitest';
import { FencedError } from '../../../core/errors.ts';
import { openForRestoring, openOwned } from '../../../runtime/acts/open-rollout.ts';
import { underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';

const rolloutId = 'checkout-000001';
const payload = { rollout: 'checkout', rolloutId, fence: 2 };

/** A rollback that a door began under fence 2, for the reason given. */
async function rollingBack(rollbackReason: 'timeout' | 'abort') {
  const { store, clock, rollouts, held } = await underWay();
  await rollouts.save(held, { phase: 'promoting', pointOfNoReturnAtMs: 1 });
  await rollouts.raiseFence('checkout', rolloutId, { rollbackReason });
  return { rollouts, deps: { store, clock, clusters: { open: () => new FakeKubernetes() } } };
}

describe('T3: a rollback that opens its rollout to restore the traffic', () => {
  it('takes the fence that it has gone to itself, and no other Task does', async () => {
    const { rollouts, deps } = await rollingBack('abort');
    await rollouts.raiseFence('checkout', rolloutId, {}, { atLeast: 8 });
    expect((await openForRestoring(deps, payload)).record.fence).toBe(8);
    await expect(openOwned(deps, payload)).rejects.toThrow(FencedError);
  });

  it.each([0, 8])('does not take one that a door has raised for an alarm since (to at least %i)', async (atLeast) => {
    const { rollouts, deps } = await rollingBack('timeout');
    await rollouts.raiseFence('checkout', rolloutId, { rollbackReason: 'alarm' });
    await rollouts.raiseFence('checkout', rolloutId, {}, { atLeast });
    await expect(openForRestoring(deps, payload)).rejects.toThrow(FencedError);
  });

  it('does not take that of a rollback that has ended, or of the next rollout', async () => {
    const { rollouts, deps } = await rollingBack('abort');
    const raised = await rollouts.raiseFence('checkout', rolloutId, {}, { atLeast: 8 });
    if (raised === undefined) throw new Error('the fence was not raised');
    await rollouts.end(raised, { phase: 'failed' });
    await expect(openForRestoring(deps, payload)).rejects.toThrow(FencedError);
  });
});
