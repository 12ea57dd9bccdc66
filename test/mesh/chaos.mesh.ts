import { writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { attachBench, hasBench, hasBenchOrSays } from './bench/attach.ts';
import type { Bench } from './bench/types.ts';
import { chaosFaults } from './chaos/faults.ts';
import { type PhasePlayed, playChaos } from './chaos/play.ts';
import { meshTier } from './tier/mesh-tier.ts';

const chosen = new RegExp(process.env['CHAOS'] ?? '');
let bench: Bench | undefined;

beforeAll(async () => {
  if (hasBench()) bench = await attachBench();
});
afterAll(() => bench?.detach());

const isOnBench = hasBenchOrSays('only the parts of the bench are broken.');

describe.runIf(isOnBench)('O3, O5: a part breaks while five rollouts are each in another phase', () => {
  it.each(chaosFaults.filter(({ name }) => chosen.test(name)).map((fault) => [fault.name, fault] as const))(
    '%s',
    async (_name, fault) => {
      const description = inject('meshBench');
      if (bench === undefined || description === undefined) throw new Error('there is no bench');
      const played = await playChaos(bench, meshTier(bench, description), fault);
      writeSync(1, `${fault.name}\n${played.map(lineOf).join('')}`);
      expect(played.flatMap(({ phase, broken }) => broken.map((what) => `${phase}: ${what}`))).toEqual([]);
    },
    600_000,
  );
});

function lineOf({ phase, endedAs, sent, failed }: PhasePlayed): string {
  return `  ${phase.padEnd(22)} ${endedAs.padEnd(24)} ${failed} of ${sent} requests failed\n`;
}
