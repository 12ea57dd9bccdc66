import { readFile, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { formatReport, formatService } from './judge-report.ts';
import type { Cell, Service, Settings } from './measure-service.ts';
import { readJudgeOptions, usage } from './options.ts';

const options = readJudgeOptions(process.argv.slice(2));
if ('wrong' in options) {
  console.error(`${options.wrong}\n\n${usage}`);
  process.exitCode = 2;
} else if (options.help) {
  console.log(usage);
} else if (options.fromFile !== undefined) {
  try {
    const { settings, cells } = JSON.parse(await readFile(options.fromFile, 'utf8')) as { settings: Settings; cells: Cell[] };
    console.log(formatReport(cells, settings.margin));
  } catch (error) {
    console.error(`${options.fromFile} is no file that --json has written: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  }
} else {
  const settings: Settings = { runs: options.runs, seed: options.seed, margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01 };
  const services = options.noise.flatMap((noise) =>
    options.usual.flatMap((usualShare) => options.rps.map((requestsPerSecond): Service => ({ requestsPerSecond, usualShare, noise }))),
  );
  console.log(
    `${services.length} services, ${settings.runs} rollouts for each of six versions; seed ${settings.seed}, margin ${settings.margin.ratio} x + ${settings.margin.excess * 100} points, false-alarm level ${settings.falseAlarmLevel * 100} %`,
  );
  const cells = await measureAll(services, settings, options.workers);
  console.log(`\n${formatReport(cells, settings.margin)}`);
  if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify({ settings, cells }, null, 1)}\n`);
}

/** The services are dealt out to workers, one at a time, those with most traffic first. */
async function measureAll(services: readonly Service[], settings: Settings, workers: number): Promise<Cell[]> {
  const waiting = services.map((service, index) => ({ service, index }));
  const measured: Cell[][] = [];
  await Promise.all(
    Array.from({ length: Math.min(workers, services.length) }, async () => {
      const worker = new Worker(new URL('./service-worker.ts', import.meta.url));
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const cells = await ask(worker, { service: next.service, settings });
          measured[next.index] = cells;
          console.log(formatService(cells));
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return measured.flat();
}

function ask(worker: Worker, message: { readonly service: Service; readonly settings: Settings }): Promise<Cell[]> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(message);
  });
}
