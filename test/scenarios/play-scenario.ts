import { differences } from './differences.ts';
import { type RunOptions, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** Where a scenario's outcome is not as it states; a story that did not come to its end is such a place too. */
export async function playScenario(
  scenario: Scenario,
  options: RunOptions & Required<Pick<RunOptions, 'tier'>>,
): Promise<readonly string[]> {
  try {
    return differences(scenario, await runScenario(scenario, options), options.tier);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}
