import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { alarmsWhileFinishing, promotionWriteLandsAfterRollback } from '../scenarios/list/alarm-turns-promotion.ts';
import { raiseLandsAfterRollback } from '../scenarios/list/raise-lands-after-rollback.ts';
import { doorDies, fatalIsNotRetried } from '../scenarios/list/rollback-lambda-dies.ts';
import { secondImages } from '../scenarios/list/second-image.ts';
import { stopRollbackIn } from '../scenarios/list/stop-in-each-phase.ts';
import { storeDownInPromotion } from '../scenarios/list/store-down.ts';
import { scenarios } from '../scenarios/list.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { usualServices } from '../scenarios/usual.ts';
import { codeAsItIs } from './switches.ts';
import { tasks } from './tasks.ts';
import { RecordedTier } from './ties/recorded-tier.ts';

/** They have every effect of the model in them. `TIES=all` follows every scenario of one service, which takes minutes. */
const followed: readonly Scenario[] = [
  ...alarmsWhileFinishing.slice(0, 1),
  promotionWriteLandsAfterRollback,
  raiseLandsAfterRollback,
  ...secondImages.slice(0, 1),
  doorDies,
  fatalIsNotRetried,
  stopRollbackIn('RestoreTraffic'),
  storeDownInPromotion,
];
const chosen =
  process.env['TIES'] === 'all' ? [...new Set([...followed, ...scenarios.filter(({ services }) => services === undefined)])] : followed;

/** They change nothing that the model knows of, as long as the code is as it is, or where a door was quicker. */
const oftenUnseen = ['Decide decides', 'RestoreTraffic writes the safe split'];

describe('the effects of the handlers', () => {
  const seen = new Set<string>();

  it.each(chosen.map((scenario) => [scenario.name, scenario] as const))(
    'are those of the model: %s',
    { timeout: 600_000 },
    async (_, scenario) => {
      const [service] = usualServices;
      if (service === undefined) throw new Error('there is no usual service');
      const { tier, follower } = new RecordedTier(service, codeAsItIs);
      const calm = { ...scenario, requestsPerSecond: Math.min(scenario.requestsPerSecond ?? 10, 10) };
      await runScenario(calm, { clock: new VirtualClock(), tier });
      for (const effect of follower.seen.keys()) seen.add(effect);
      expect([...new Set(follower.deviations)]).toEqual([]);
    },
  );

  it('are all that the model has', () => {
    const all = Object.entries(tasks).flatMap(([task, effects]) =>
      effects.filter(({ on }) => on !== 'nothing').map(({ name, on }) => `${on === 'executions' ? 'Abort' : task} ${name}`),
    );
    expect([...new Set(all)].filter((effect) => !seen.has(effect) && !oftenUnseen.includes(effect))).toEqual([]);
  });
});
