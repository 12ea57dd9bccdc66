import { describe, expect, it } from 'vitest';
import { History } from '../../../adapters/store/history.ts';
import { Specs } from '../../../adapters/store/specs.ts';
import { readStatus } from '../../../cli/connection/summarise.ts';
import type { RolloutRecord } from '../../../core/rollout/record.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { specSource } from '../../core/rollout/rollout-for-tests.ts';

const returning: Partial<RolloutRecord> = { phase: 'rollingBack', reason: 'It fired.', split: splitAt(75, 100), returnUntilMs: 9 };

/** What the status says of a rollback with two steps back in its history. */
async function reasonOf(change: Partial<RolloutRecord>) {
  const { store, clock, rollouts, held, record } = await underWay();
  await new Specs(store).apply({ ...specSource() }, clock.now());
  await rollouts.save(held, change);
  const line = { rolloutId: record.rolloutId, what: 'trafficReturning', phase: 'rollingBack', stepIndex: 2 } as const;
  const history = new History(store);
  await history.append({ ...line, atMs: 1, weight: 90, reason: 'Stable has 10.' });
  await history.append({ ...line, atMs: 2, weight: 75, reason: 'Stable has 25.' });
  const { services } = await readStatus(store, clock, 'checkout');
  return services[0]?.present;
}

describe('the status of a rollback', () => {
  it('says how far the traffic is that returns in steps', async () => {
    expect(await reasonOf(returning)).toMatchObject({ weight: 75, reason: 'It fired. Stable has 25.' });
  });

  it('says no more than why, when all traffic is back', async () => {
    expect(await reasonOf({ ...returning, split: splitAt(0, 100) })).toMatchObject({ weight: 0, reason: 'It fired.' });
  });
});
