import { beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { scenarios } from '../scenarios/list.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import { bases } from './bases.ts';
import { playUndisturbed } from './cases.ts';
import { interposedDeps } from './interposed-deps.ts';
import { Interposer } from './interposer.ts';
import './reporter.ts';

/** Of the rollback machine or of the other: the scenarios do not tell which, so neither is told here. */
const plain = (name: string): string => name.replace(/^rollback /, '');

/** A second: who is answered costs more than who is steered. */
const fewRequests = 10;

/** Every effect that a scenario makes, counted as the base runs' are. */
async function edgesOf(scenario: (typeof scenarios)[number]): Promise<string[]> {
  const interposer = new Interposer();
  interposer.on = true;
  const few = { ...scenario, requestsPerSecond: Math.min(scenario.requestsPerSecond ?? fewRequests, fewRequests) };
  // A story that waits for what so few requests do not bring about has made its effects until then.
  await runScenario(few, {
    clock: new VirtualClock(),
    wrapDeps: (deps, act) => (act === undefined ? deps : interposedDeps(interposer, deps, act)),
  }).catch(() => undefined);
  return interposer.met.map(({ name }) => name);
}

/** By hand, since it takes as long as all the rest: `CRASH_SUITE=1`. What it finds is checked in. */
describe.runIf(process.env['CRASH_SUITE'] !== undefined)('the edges of the scenarios', () => {
  const met = new Set<string>();

  beforeAll(async () => {
    for (const base of bases) for (const { name } of (await playUndisturbed(base)).met) met.add(plain(name));
  });

  it('are all met by the base runs, but for those that are listed', async ({ task }) => {
    const unmet = new Map<string, string>();
    const all = new Set<string>();
    for (const scenario of scenarios) {
      for (const name of await edgesOf(scenario)) {
        all.add(name);
        if (!met.has(name) && !unmet.has(name)) unmet.set(name, scenario.name);
      }
    }
    task.meta.crash = { edges: [], runs: scenarios.length, faults: 0, known: [] };
    console.log(`  ${all.size} kinds of effects in ${scenarios.length} scenarios, ${all.size - unmet.size} of them in the base runs`);
    const lines = [...unmet].toSorted().map(([name, scenario]) => `${name} (in ${scenario})`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('not-met.txt');
  });
});
