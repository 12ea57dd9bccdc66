import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { provideGo } from './provide-go.ts';

const environment = { PATH: '/usr/bin', HOME: '/home/ada' };
let folder = '';
const report = () => undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-go-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('takes the Go of the machine where that is new enough, and fetches none', async () => {
  const found = await provideGo({ folder, environment, report, ask: async () => 'go version go1.27.0 linux/arm64' });
  expect(found).toEqual(environment);
  expect(await readdir(folder)).toEqual([]);
});

it('puts the one that was fetched once before a Go that is too old', async () => {
  await mkdir(join(folder, 'go-1.26.6'));
  const found = await provideGo({ folder, environment, report, ask: async () => 'go version go1.22.2 linux/amd64' });
  expect(found).toEqual({ ...environment, PATH: `${join(folder, 'go-1.26.6/go/bin')}:/usr/bin` });
});
