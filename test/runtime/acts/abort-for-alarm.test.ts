import { describe, expect, it } from 'vitest';
import { abortRolloutsOf } from '../../../runtime/acts/abort-for-alarm.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { startMs } from '../../core/rollout/rollout-for-tests.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';

const alarm = { name: 'checkout-errors', state: 'alarm', reason: 'too many' } as const;

/** Whether an alarm of that age fires for a rollout that passes some over. */
async function concerns(name: string, sinceMs: number | undefined, ignoredAlarms: readonly string[]): Promise<boolean> {
  const { store, clock, rollouts, held } = await underWay();
  const known = await rollouts.save(held, { ignoredAlarms: [...ignoredAlarms] });
  const executions = {
    start: async () => 'started' as const,
    describe: async () => ({ status: 'running' as const }),
    stop: async () => undefined,
  };
  const deps = { store, clock, clusters: { open: () => new FakeKubernetes() }, executions, log: createMemoryLog() };
  // There is no route in this cluster, so that the door fails after the fence was raised.
  await abortRolloutsOf(deps, 'alarms', { ...alarm, name, sinceMs }, [known]).catch(() => undefined);
  return (await rollouts.load('checkout', known.record.rolloutId)).record.phase === 'rollingBack';
}

describe('an alarm that fires, among rollouts that run', () => {
  it.each([
    ['aborts one whose own spec names it', 'checkout-errors', startMs + 1, [], true],
    ['leaves one whose own spec does not', 'search-errors', startMs + 1, [], false],
    ['J8: leaves one that passes it over', 'checkout-errors', startMs - 1, ['checkout-errors'], false],
    ['J8: leaves one that passes it over, where nobody says since when it fires', 'checkout-errors', undefined, ['checkout-errors'], false],
    [
      'J8: aborts one that passed it over, once it has recovered and fires again',
      'checkout-errors',
      startMs + 1,
      ['checkout-errors'],
      true,
    ],
  ])('%s', async (_, name, sinceMs, ignored, aborted) => {
    expect(await concerns(name, sinceMs, ignored)).toBe(aborted);
  });
});
