import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { withLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newLock = () => join(folder, 'deep', `lock-${randomUUID()}`);
const clock = new VirtualClock();

it('lets one after the other in, and tells the second one whom it waits for', async () => {
  const path = newLock();
  const seen: string[] = [];
  const entered = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<number>();
  const first = withLock(path, { clock }, async () => {
    seen.push('first in');
    entered.resolve();
    // This process holds it, and is alive.
    expect(await waiting.promise).toBe(process.pid);
    seen.push('first out');
  });
  await entered.promise;
  const second = withLock(path, { clock, onWait: waiting.resolve }, async () => seen.push('second in'));
  await Promise.all([first, second]);
  expect(seen).toEqual(['first in', 'first out', 'second in']);
});

it('takes over from a process that is gone', async () => {
  const path = newLock();
  await withLock(path, { clock }, async () => undefined);
  // No process has this number: Linux and macOS count no further than 2^22.
  writeFileSync(path, '99999999');
  expect(await withLock(path, { clock }, async () => 'mine')).toBe('mine');
});

it('is free again after a failure', async () => {
  const path = newLock();
  const failing = withLock(path, { clock }, () => Promise.reject(new Error('pip failed')));
  await expect(failing).rejects.toThrow('pip failed');
  expect(existsSync(path)).toBe(false);
});
