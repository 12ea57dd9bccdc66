import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { differences } from './differences.ts';
import { scenarios } from './list.ts';
import { runScenario } from './run-scenario.ts';

describe('scenarios on the sandbox', () => {
  it.each(scenarios.map((scenario) => [`${scenario.name}: ${scenario.title}`, scenario] as const))('%s', async (_, scenario) => {
    const outcome = await runScenario(scenario, { clock: new VirtualClock() });
    expect(differences(scenario, outcome)).toEqual([]);
  });
});
