import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../../../core/errors.ts';
import { claimRange } from './claim.ts';
import { freeApiPort } from './free-api-port.ts';
import { type SupervisorMessage, supervisorSettings } from './message.ts';
import { planBench } from './plan.ts';
import { supervise } from './supervise.ts';

/**
 * The parent of all parts of a bench. It lives as long as its standard input is open, and so ends all of them when the process that wanted
 * the bench is gone, however that went.
 */
const say = (message: SupervisorMessage) => process.stdout.write(`${JSON.stringify(message)}\n`);
const { benchFolder, ...built } = supervisorSettings.parse(JSON.parse(process.argv[2] ?? ''));

// Whoever reads may be gone before this process hears of it.
process.stdout.on('error', () => undefined);
const wanted = Promise.withResolvers<void>();
process.stdin.on('end', wanted.resolve).on('error', wanted.resolve).resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => wanted.resolve());

try {
  const { range, folder } = await claimRange(benchFolder);
  try {
    const plan = planBench({ ...built, range, folder, apiPort: await freeApiPort(range), adminToken: randomUUID() });
    const { description, end } = await supervise(plan, (report) => say({ report }));
    await writeFile(join(folder, 'bench.json'), JSON.stringify(description), { mode: 0o600 });
    say({ ready: description });
    await wanted.promise;
    await end();
  } finally {
    await Promise.all(['supervisor.pid', 'bench.json', 'pids.json'].map((name) => rm(join(folder, name), { force: true })));
  }
} catch (error) {
  const known = error instanceof SluiceError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  say({ failed: { message: known === undefined ? message : message.slice(0, -known.remedy.length - 1), remedy: known?.remedy ?? '' } });
  process.exitCode = 1;
}
process.exit();
