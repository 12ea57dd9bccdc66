import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleTarget } from '../runtime/bundle-options.ts';
import { type Bundle, bundleFunctions } from './bundle-functions.ts';
import { measureImportMs } from './measure-import.ts';

const usage = `npm run bundle -- [options]

Bundles the functions to dist/functions and says what each weighs and how long its import takes, against the targets.

  --json      the same as data
  --parts     what is in each, the heaviest first
  --no-times  leaves the imports unmeasured
  --help      this text`;
const runs = 7;
const values = readOptions();

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

function readOptions() {
  const flag = { type: 'boolean' } as const;
  try {
    const { values: given } = parseArgs({ options: { json: flag, parts: flag, 'no-times': flag, help: flag } });
    if (!given.help) return given;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
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
  const importMs = values['no-times'] ? undefined : await measureImportMs(pathToFileURL(file).href, runs);
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
