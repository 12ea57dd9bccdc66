import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { alarmDuringBake } from './list/alarm-during-bake.ts';
import { healthy } from './list/healthy.ts';
import { runScenario } from './run-scenario.ts';

/** Everything that Sluice sends as metrics while a scenario is played. */
async function metricsOf(scenario: Parameters<typeof runScenario>[0]) {
  const log = createMemoryLog();
  const { executions } = await runScenario(scenario, { clock: new VirtualClock(), log });
  const of = (name: string) => log.metricLines.filter(({ values }) => name in values);
  return { of, executions };
}

describe('the metrics of a rollout', () => {
  it('that an alarm rolls back count its beginning, its end with the reason, and how long the traffic took', async () => {
    const { of } = await metricsOf(alarmDuringBake);
    expect(of('RolloutsBegun')).toHaveLength(1);
    expect(of('RolloutsRolledBack')).toMatchObject([{ values: { RolloutsRolledBack: 1 }, rollbackReason: 'alarm' }]);
    expect([...of('RolloutsSucceeded'), ...of('RolloutsFailed')]).toEqual([]);
    const [measured, ...others] = of('AlarmToSafeSplitMs');
    expect(others).toEqual([]);
    const { DoorMs = Number.NaN, AlarmToSafeSplitMs = Number.NaN } = measured?.values ?? {};
    expect(DoorMs).toBeGreaterThanOrEqual(0);
    expect(AlarmToSafeSplitMs).toBeGreaterThanOrEqual(DoorMs);
    expect(AlarmToSafeSplitMs).toBeLessThan(2000);
  });

  it('that succeeds count it as such, and the sweep counts it while it runs', async () => {
    const { of } = await metricsOf(healthy);
    expect(of('RolloutsSucceeded')).toMatchObject([{ values: { RolloutsSucceeded: 1 }, rollbackReason: undefined }]);
    expect([...of('RolloutsRolledBack'), ...of('DoorMs'), ...of('RolloutsStuck')]).toEqual([]);
    expect(of('RolloutsActive').every(({ values }) => values.RolloutsActive === 1)).toBe(true);
  });
});
