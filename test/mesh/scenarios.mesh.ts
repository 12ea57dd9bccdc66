import { writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ScaledClock } from '../../sandbox/clock.ts';
import { lineOf, type Played, tally } from '../localstack/tally.ts';
import { clusterAlike } from '../scenarios/in-process.ts';
import { scenarios } from '../scenarios/list.ts';
import { playScenario } from '../scenarios/play-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { whyNotOn } from '../scenarios/tier.ts';
import { attachBench, hasBench, hasBenchOrSays } from './bench/attach.ts';
import type { Bench } from './bench/types.ts';
import { lacking, meshTier } from './tier/mesh-tier.ts';

/** What is played: with SCENARIO a part of it, whose names match. */
const chosen = new RegExp(process.env['SCENARIO'] ?? '');
const played: Played[] = [];
let bench: Bench | undefined;

beforeAll(async () => {
  if (hasBench()) bench = await attachBench();
});

afterAll(async () => {
  write(tally(played, [], 'Scenarios on the mesh bench'));
  await bench?.detach();
});

const isOnBench = hasBenchOrSays('scenarios need the pods and Envoys of the bench.');

/** The list of scenarios that every tier plays, each in a namespace of its own, with real requests through a real Envoy. */
describe.runIf(isOnBench)('scenarios on the mesh bench', () => {
  for (const scenario of scenarios.filter(({ name }) => chosen.test(name))) {
    const { name, title } = scenario;
    it.concurrent(`${name}: ${title}`, async ({ skip }) => {
      const why = whyNotOn({ lacks: lacking, exact: false }, onRealCluster(scenario));
      if (why !== undefined) {
        tell({ name, outcome: 'skipped', why, seconds: 0 });
        skip(why);
      }
      const description = inject('meshBench');
      if (bench === undefined || description === undefined) throw new Error('there is no bench');
      const tier = meshTier(bench, description);
      const startedMs = performance.now();
      const found = await playScenario(scenario, { clock: new ScaledClock(), tier });
      tell({ name, outcome: found.length === 0 ? 'passed' : 'failed', seconds: (performance.now() - startedMs) / 1000 });
      for (const each of found) write(`    ${each}`);
      expect(found).toEqual([]);
    }, 600_000);
  }
});

/** What happens in the cluster alone is played on no tier but those whose cluster is another one. */
function onRealCluster({ inProcessBecause, ...scenario }: Scenario): Pick<Scenario, 'needs' | 'inProcessBecause'> {
  return inProcessBecause === undefined || inProcessBecause === clusterAlike ? scenario : { ...scenario, inProcessBecause };
}

/** Past Vitest, which would put the name of some other scenario above it. */
function write(text: string): void {
  writeSync(1, `${text}\n`);
}

function tell(one: Played): void {
  played.push(one);
  if (one.outcome !== 'skipped') write(lineOf(one));
}
