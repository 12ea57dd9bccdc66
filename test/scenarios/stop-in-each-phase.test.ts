import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { differences } from './differences.ts';
import { everyStop } from './list/stop-in-each-phase.ts';
import { runScenario } from './run-scenario.ts';

describe('an execution that is stopped in the console', () => {
  it.each(everyStop.map((scenario) => [`${scenario.name}: ${scenario.title}`, scenario] as const))('%s', async (_, scenario) => {
    const outcome = await runScenario(scenario, { clock: new VirtualClock() });
    expect(differences(scenario, outcome)).toEqual([]);
  });
});
