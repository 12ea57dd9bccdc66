import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../core/ports.ts';

export interface LockOptions {
  readonly clock: Clock;
  /** Told once, where another process has it. */
  readonly onWait?: (pid: number) => void;
}

/**
 * Does something that no other process on this machine does at the same time. The lock is a file with the holder's process id; one
 * whose process is gone is taken over.
 */
export async function withLock<T>(path: string, { clock, onWait = () => undefined }: LockOptions, act: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let told = false; !(await take(path)); ) {
    const holder = await holderOf(path);
    if (holder === undefined || !isAlive(holder)) {
      await rm(path, { force: true });
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await clock.sleep(1000);
  }
  try {
    return await act();
  } finally {
    await rm(path, { force: true });
  }
}

/** @returns false where the file is there already. A link is made whole or not at all, so nobody finds it without its number. */
async function take(path: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own);
  }
}

async function holderOf(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
