import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ScaledClock } from '../../sandbox/clock.ts';
import { functionErrors } from '../localstack/tier/function-errors.ts';
import { localStackTier } from '../localstack/tier/localstack-tier.ts';
import { openTheatre, type Theatre } from '../localstack/tier/open-theatre.ts';
import { scenarios } from '../scenarios/list.ts';
import { playScenario } from '../scenarios/play-scenario.ts';
import { attachBench, hasBench, hasBenchOrSays } from './bench/attach.ts';
import type { Bench } from './bench/types.ts';
import { hostIn, startMeshSurroundings } from './tier/mesh-surroundings.ts';
import { adaptToMesh } from './tier/mesh-tier.ts';

let bench: Bench | undefined;
let theatre: Theatre | undefined;

beforeAll(async () => {
  if (!hasBench()) return;
  bench = await attachBench();
  theatre = await openTheatre({ prefixes: ['sluice-mesh'], report: () => undefined });
}, 900_000);

afterAll(async () => {
  await theatre?.close();
  await bench?.detach();
});

const isOnBench = hasBenchOrSays("the whole needs the bench's pods, its Envoys and its webhook for tokens.");

/** A push in the registry to real requests through a real Envoy, with nothing of Sluice in this process. */
describe.runIf(isOnBench)("the whole: LocalStack's engine, Lambdas as processes, the bench's cluster", () => {
  it.each(['healthy', 'alarm-during-bake'])(
    '%s',
    async (name) => {
      const description = inject('meshBench');
      const scenario = scenarios.find((each) => each.name === name);
      if (bench === undefined || description === undefined || theatre === undefined || scenario === undefined) {
        throw new Error('there is no bench, or no such scenario');
      }
      const at = bench;
      const fresh = await at.freshNamespace('whole');
      const lane = await theatre.lanes.take();
      const startedAtMs = Date.now();
      try {
        const parts = { bench: at, description, namespace: fresh.name, anyoneIsSluice: true };
        const tier = localStackTier(lane, {
          start: (options) => startMeshSurroundings(parts, options),
          adapt: (spec) => adaptToMesh(spec, description.clusterName, fresh.name),
          hostOf: (virtualService) => hostIn(fresh.name, virtualService),
        });
        const found = await playScenario(scenario, { clock: new ScaledClock(), tier });
        if (found.length > 0) console.error((await functionErrors(lane.apis, lane.deployment.prefix, startedAtMs)).join('\n'));
        expect(found).toEqual([]);
      } finally {
        theatre.lanes.give(lane);
        await fresh.remove();
      }
    },
    600_000,
  );
});
