import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { systemClock } from '../../../../adapters/clock.ts';
import { RolloutRefusedError } from '../../../../core/errors.ts';
import { withLock } from '../../../localstack/engine/lock.ts';
import { rangeCount } from './range.ts';

export interface Claim {
  readonly range: number;
  /** Empty, and of this process alone. */
  readonly folder: string;
}

const pidsFile = 'pids.json';
/** Of what the kubelet started for pods. */
export const sidecarPidsFile = 'sidecar-pids.json';
const supervisorFile = 'supervisor.pid';
const pids = z.record(z.string(), z.number());

/** The folder of the bench with this number. */
export function runFolder(benchFolder: string, range: number): string {
  return join(benchFolder, 'runs', String(range));
}

/** The process id of the supervisor of a run, where it is alive. */
export async function supervisorOf(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(join(folder, supervisorFile), 'utf8').catch(() => ''));
  return pid > 0 && (await commandLine(pid)).includes('supervisor/main.ts') ? pid : undefined;
}

/**
 * Takes the first number that no living bench has, and clears away what a dead one left under it: its processes, found by what it wrote
 * down, are killed if they still are the ones that it started.
 *
 * @throws RolloutRefusedError where all numbers are taken.
 */
export async function claimRange(benchFolder: string): Promise<Claim> {
  return await withLock(join(benchFolder, 'runs', 'lock'), { clock: systemClock }, async () => {
    for (let range = 0; range < rangeCount; range += 1) {
      const folder = runFolder(benchFolder, range);
      if ((await supervisorOf(folder)) !== undefined) continue;
      await reapAll(folder);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, supervisorFile), String(process.pid));
      return { range, folder };
    }
    throw new RolloutRefusedError(`There are ${rangeCount} benches on this machine already.`, {
      remedy: 'See `node test/mesh/bench/main.ts status`, and end some by `down`.',
    });
  });
}

/** For the next `reap`. In one go, since two changes may come at once, and whole, since the writer may be killed at any moment. */
export function recordPids(folder: string, running: Readonly<Record<string, number>>, name = pidsFile): void {
  const file = join(folder, name);
  writeFileSync(`${file}.unfinished`, JSON.stringify(running));
  renameSync(`${file}.unfinished`, file);
}

/** Kills the processes of a run whose supervisor is gone. */
export async function reapAll(folder: string): Promise<void> {
  // First the kubelet, which would start sidecars anew.
  for (const name of [pidsFile, sidecarPidsFile]) await reap(folder, name);
}

/** Kills those processes that one file of a run names. */
export async function reap(folder: string, name: string): Promise<void> {
  const file = join(folder, name);
  if (!existsSync(file)) return;
  const recorded = recordIn(await readFile(file, 'utf8').catch(() => ''));
  for (const pid of Object.values(recorded)) {
    // The number may be somebody else's by now.
    if (!(await commandLine(pid)).includes(`${folder}/`)) continue;
    process.kill(pid, 'SIGKILL');
    while ((await commandLine(pid)) !== '') await systemClock.sleep(20);
  }
  await rm(file, { force: true });
}

/** Empty where the machine went down over it. */
function recordIn(text: string): Readonly<Record<string, number>> {
  try {
    return pids.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Empty for a process that is gone. */
async function commandLine(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}
