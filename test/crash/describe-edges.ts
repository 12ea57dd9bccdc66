import { beforeAll, describe, expect, it } from 'vitest';
import { bases } from './bases.ts';
import { type Case, caseName, casesOf, playUndisturbed, type Undisturbed } from './cases.ts';
import { knownCases, knownFor } from './known.ts';
import { runCase } from './run-case.ts';

/** One case alone, by the name that its failure gives it. */
const only = process.env['CRASH_ONLY'];

/** Of so many cases one, for a first impression: `CRASH_EVERY=10`. */
const every = Number(process.env['CRASH_EVERY'] ?? 1);

/** Plays a share of all cases: so many files, so many cores. The first also looks at what all of them have in common. */
export function describeEdges({ share, of }: { readonly share: number; readonly of: number }): void {
  let undisturbed: readonly Undisturbed[] = [];
  let cases: readonly Case[] = [];

  beforeAll(async () => {
    const runs: Undisturbed[] = [];
    for (const base of bases) runs.push(await playUndisturbed(base));
    undisturbed = runs;
    cases = casesOf(runs).filter((_, index) => only !== undefined || index % every === 0);
  });

  describe.runIf(share === 0 && only === undefined && every === 1)('the base runs', () => {
    it('end as they should where nothing befalls them', () => {
      expect(undisturbed.map(({ base, ends, wrong }) => [base.name, ends, wrong])).toEqual(bases.map(({ name, ends }) => [name, ends, []]));
    });

    it('meet every edge that they met when they were last looked at', async () => {
      const names = [...new Set(undisturbed.flatMap(({ met }) => met.map(({ name }) => name)))].toSorted();
      await expect(`${names.join('\n')}\n`).toMatchFileSnapshot('edges.txt');
    });

    it('have a case for every known one', () => {
      const names = cases.map(caseName);
      expect(knownCases.filter(({ fits }) => !names.some((name) => fits.test(name))).map(({ why }) => why)).toEqual([]);
    });
  });

  describe(`every fault at every edge, share ${share + 1} of ${of}`, () => {
    it.for(bases)('$name: $title', async ({ name }, { task }) => {
      const shared = cases.filter((one, index) => (only === undefined ? index % of === share : share === 0 && caseName(one) === only));
      const own = shared.filter(({ base }) => base.name === name);
      const seconds = undisturbed.find(({ base }) => base.name === name)?.seconds ?? 0;
      const broken: string[] = [];
      const known: string[] = [];
      for (const one of own) {
        const found = await runCase(one, seconds);
        const expected = knownFor(one);
        if (found === undefined && expected !== undefined)
          broken.push(`${caseName(one)}\n  - it is known to break, and holds: ${expected.why}`);
        else if (found !== undefined && expected !== undefined) known.push(`${caseName(one)}: ${expected.why}`);
        else if (found !== undefined) broken.push(found);
      }
      task.meta.crash = { edges: [...new Set(own.map(({ edge }) => edge.id))], runs: own.length, faults: own.length, known };
      expect(broken.join('\n\n')).toBe('');
    });
  });
}
