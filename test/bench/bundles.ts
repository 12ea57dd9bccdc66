import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleTarget } from '../../runtime/bundle-options.ts';
import { type Bundle, bundleFunctions } from '../../scripts/bundle-functions.ts';
import { measureImportMs } from '../../scripts/measure-import.ts';
import type { Figure, Reading } from './figure.ts';

const importRuns = 7;

/** What each function weighs as Lambda gets it, and how long a new process takes to import it. */
export const bundles: Figure = {
  name: 'bundles',
  title: 'Bundles, minified, and their cold import',
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-bundles-'));
    try {
      const readings: Reading[] = [];
      for (const bundle of await bundleFunctions({ folder, write: true })) readings.push(...(await readingsOf(bundle)));
      return { readings, notes: [`Import: the median of ${importRuns} new processes, less what an empty module takes in one.`] };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function readingsOf({ name, file, kilobytes }: Bundle): Promise<Reading[]> {
  const target = bundleTarget(name);
  const importMs = await measureImportMs(pathToFileURL(file).href, importRuns);
  return [
    { what: `${name}: size`, unit: 'KB', samples: [kilobytes], target: { atMost: target.kilobytes, of: 'max' } },
    { what: `${name}: import`, unit: 'ms', samples: [importMs], target: { atMost: target.importMs, of: 'max' } },
  ];
}
