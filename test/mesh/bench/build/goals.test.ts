import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { goBuildArguments, goGoals } from './goals.ts';
import { pins } from './pins.ts';

it('tells the API server the version that its module is pinned to', async () => {
  const module = await readFile(new URL('../go/kubernetes/go.mod', import.meta.url), 'utf8');
  expect(module).toContain(`k8s.io/kubernetes v${pins.kubernetes}\n`);
  const [apiServer] = goGoals;
  expect(apiServer === undefined ? [] : goBuildArguments(apiServer, 'out')).toContainEqual(
    expect.stringContaining(`-X k8s.io/component-base/version.gitVersion=v${pins.kubernetes} `),
  );
});

it.each(goGoals)('has the sums of everything that $program is built of', async ({ module }) => {
  const sums = await readFile(new URL(`../go/${module}/go.sum`, import.meta.url), 'utf8');
  expect(sums.split('\n').length).toBeGreaterThan(50);
});
