import { writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { caseName } from '../crash/cases.ts';
import { attachBench, hasBench, hasBenchOrSays } from './bench/attach.ts';
import type { Bench } from './bench/types.ts';
import { meshWorld } from './crash/mesh-world.ts';
import { type CaseResult, lineOf, runOnMesh } from './crash/run-on-mesh.ts';
import { casesForMesh, sampleOf } from './crash/sample.ts';

/** One case alone, in the sample or not, by the name that its line gives it. */
const only = process.env['CRASH_ONLY'];
const isOnBench = hasBenchOrSays('crashes are played with its pods, and with requests through its Envoys.');
const cases = isOnBench ? await casesForMesh() : [];
const played = only === undefined ? sampleOf(cases) : cases.filter((one) => caseName(one) === only);
const results: CaseResult[] = [];
let bench: Bench | undefined;

beforeAll(async () => {
  if (hasBench()) bench = await attachBench();
});

afterAll(async () => {
  const met = results.filter(({ isMet }) => isMet);
  const count = (of: (result: CaseResult) => string) => new Set(met.map(of)).size;
  const sum = (of: (result: CaseResult) => number) => results.reduce((total, each) => total + of(each), 0);
  const edges = `${count(({ one }) => one.edge.id)} edges of ${count(({ one }) => one.edge.act)} functions`;
  const requests = `${sum(({ failed }) => failed)} of ${sum(({ sent }) => sent)} requests failed`;
  if (results.length > 0) write(`  ${edges} met ${count(({ one }) => one.fault)} faults in ${results.length} runs; ${requests}`);
  await bench?.detach();
});

/** A sample of what `npm run test:crash` plays in virtual time, each run in a namespace of its own. */
describe.runIf(isOnBench)('a fault at one edge, on the mesh bench and with real requests', () => {
  for (const one of played) {
    it.concurrent(caseName(one), async () => {
      const description = inject('meshBench');
      if (bench === undefined || description === undefined) throw new Error('there is no bench');
      const result = await runOnMesh(one, meshWorld(bench, description));
      results.push(result);
      write(lineOf(result));
      expect(result.wrong, result.story).toEqual([]);
    }, 600_000);
  }

  it.runIf(only === undefined)('befalls at least 50 edges', () => {
    expect(new Set(results.filter(({ isMet }) => isMet).map(({ one }) => one.edge.name)).size).toBeGreaterThanOrEqual(50);
  });
});

/** Past Vitest, which would put the name of some other case above it. */
function write(text: string): void {
  writeSync(1, `${text}\n`);
}
