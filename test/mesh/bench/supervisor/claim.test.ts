import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimRange, recordPids, runFolder, sidecarPidsFile, supervisorOf } from './claim.ts';

let benchFolder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  benchFolder = await mkdtemp(join(tmpdir(), 'sluice-claim-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(benchFolder, { recursive: true });
});

/** A process that does nothing until it is killed, with this among its arguments. */
async function start(argument: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e9)', '--', argument]);
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

it('passes over a number whose supervisor lives', async () => {
  const { folder } = await claimRange(benchFolder);
  const supervisor = await start('test/mesh/bench/supervisor/main.ts');
  await writeFile(join(folder, 'supervisor.pid'), String(supervisor.pid));
  expect(await supervisorOf(folder)).toBe(supervisor.pid);
  expect(await claimRange(benchFolder)).toEqual({ range: 1, folder: runFolder(benchFolder, 1) });
});

it('takes over a number whose supervisor is gone: kills what it left, but nobody who has its number now', async () => {
  const { folder } = await claimRange(benchFolder);
  const [left, sidecar, stranger] = await Promise.all([
    start(`--data-dir=${folder}/etcd`),
    start(`${folder}/pods/1/envoy.json`),
    start('--data-dir=/elsewhere'),
  ]);
  await writeFile(join(folder, 'leftover'), '');
  recordPids(folder, { etcd: left.pid ?? 0, istiod: stranger.pid ?? 0 });
  recordPids(folder, { '1/0': sidecar.pid ?? 0, '2/0': stranger.pid ?? 0 }, sidecarPidsFile);

  const ended = Promise.all([once(left, 'exit'), once(sidecar, 'exit')]);
  expect(await claimRange(benchFolder)).toEqual({ range: 0, folder });
  expect(await ended).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGKILL'],
  ]);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  expect(await readdir(folder)).toEqual(['supervisor.pid']);
});

it('takes over a number whose record was never finished', async () => {
  const { folder } = await claimRange(benchFolder);
  await writeFile(join(folder, sidecarPidsFile), '');
  expect(await claimRange(benchFolder)).toEqual({ range: 0, folder });
});
