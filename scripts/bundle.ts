import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleTarget } from '../runtime/bundle-options.ts';
import { type Bundle, bundleFunctions } from './bundle-functions.ts';
import { measureImportMs } from './measure-import.ts';

// Bundles the functions to dist/functions and says what each weighs and how long its import takes, against the targets.
//   --json           the same as data
//   --parts          what is in each, the heaviest first
//   --no-times       leaves the imports unmeasured
const runs = 7;
const { values } = parseArgs({
  options: { json: { type: 'boolean' }, parts: { type: 'boolean' }, times: { type: 'boolean', default: true } },
  allowNegative: true,
});

const folder = fileURLToPath(new URL('../dist/functions', import.meta.url));
await rm(folder, { recursive: true, force: true });
const bundles = await bundleFunctions({ folder, write: true });
const rows: Row[] = [];
for (const bundle of bundles) rows.push(await measure(bundle));

if (values.json) {
  console.log(JSON.stringify(rows, null, 2));
} else {
  console.log('function         at start  target   in all   ms  target   (KB, minified)');
  for (const row of rows) console.log(formatRow(row));
  const over = rows.filter(({ misses }) => misses.length > 0);
  console.log(over.length === 0 ? 'All are within their targets.' : `Over a target: ${over.map(({ name }) => name).join(', ')}`);
}

interface Row {
  readonly name: string;
  readonly kilobytes: number;
  readonly allKilobytes: number;
  readonly importMs: number | undefined;
  readonly target: ReturnType<typeof bundleTarget>;
  readonly misses: readonly ('size' | 'import')[];
  readonly parts: Bundle['parts'];
}

async function measure({ name, file, kilobytes, allKilobytes, parts }: Bundle): Promise<Row> {
  const target = bundleTarget(name);
  const importMs = values.times ? await measureImportMs(pathToFileURL(file).href, runs) : undefined;
  const misses = [
    ...(kilobytes > target.kilobytes ? (['size'] as const) : []),
    ...((importMs ?? 0) > target.importMs ? (['import'] as const) : []),
  ];
  return { name, kilobytes, allKilobytes, importMs, target, misses, parts };
}

function formatRow({ name, kilobytes, allKilobytes, importMs, target, misses, parts }: Row): string {
  const ms = importMs === undefined ? '' : importMs.toFixed(0);
  const line = `${name.padEnd(16)} ${kilobytes.toFixed(0).padStart(8)} ${`${target.kilobytes}`.padStart(7)} ${allKilobytes.toFixed(0).padStart(8)} ${ms.padStart(4)} ${`${target.importMs}`.padStart(7)}`;
  const missed = misses.length === 0 ? '' : `  over: ${misses.join(' and ')}`;
  const heaviest = parts.slice(0, 12).map((part) => `\n    ${part.kilobytes.toFixed(1).padStart(6)} ${part.of}`);
  return `${line}${missed}${values.parts ? heaviest.join('') : ''}`;
}
