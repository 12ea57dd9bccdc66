import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { figures } from './figures.ts';
import { readOptions, usage } from './options.ts';
import { formatFigure, formatSummary, type Measured } from './report.ts';

const options = readOptions(
  process.argv.slice(2),
  figures.map(({ name }) => name),
);
if ('wrong' in options) {
  console.error(`${options.wrong}\n\n${usage}`);
  process.exitCode = 1;
} else if (options.help) {
  console.log(`${usage}\n\nFigures: ${figures.map(({ name }) => name).join(', ')}`);
} else {
  const machine = { node: process.version, cores: availableParallelism(), at: new Date().toISOString() };
  console.log(`Node ${machine.node}, ${machine.cores} cores, ${machine.at}`);
  const measured: Measured[] = [];
  for (const figure of figures.filter(({ name }) => options.only.length === 0 || options.only.includes(name))) {
    const { name, title } = figure;
    try {
      measured.push({ figure: { name, title }, result: await figure.measure({ samples: options.samples }) });
    } catch (error) {
      measured.push({ figure: { name, title }, result: { failed: error instanceof Error ? error.message : String(error) } });
      process.exitCode = 1;
    }
    for (const last of measured.slice(-1)) console.log(formatFigure(last));
  }
  console.log(formatSummary(measured));
  if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify({ machine, measured }, null, 2)}\n`);
}
