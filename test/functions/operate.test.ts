import { expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import { operate } from '../../functions/operate.ts';
import { overtakenStore } from '../adapters/store/rollouts-for-tests.ts';
import { doorsOfRunningRollout } from './doors-for-tests.ts';

it('a wish is noted although the analysis wrote the record a moment before', async () => {
  const { deps, store, clock } = await doorsOfRunningRollout();
  const rollouts = new Rollouts(store, clock);
  const load = async () => rollouts.load('checkout', (await rollouts.readLock('checkout'))?.rolloutId ?? '');
  const analysisWrites = async () => rollouts.save(await load(), { reason: 'Of the analysis.' }, 'keep');
  const overtaken = { ...deps, store: overtakenStore(store, analysisWrites) };
  const wish = { rollout: 'checkout', action: 'pause', by: 'ada', why: 'A look at the logs.' };
  expect(await operate.wiredWith(overtaken)(wish)).toMatchObject({ outcome: 'pause' });
  expect((await load()).record).toMatchObject({ reason: 'Of the analysis.', request: { action: 'pause', by: 'ada' } });
});

it('a wish for a service without a rollout is refused, and says where to look', async () => {
  const { deps } = await doorsOfRunningRollout();
  const none = operate.wiredWith({ ...deps, store: createMemoryStore() });
  await expect(none({ rollout: 'checkout', action: 'pause' })).rejects.toThrow('No rollout of checkout is under way. See `sluice status`.');
});
