import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InvalidInputError, SpecInvalidError } from '../../core/errors.ts';
import { readSpecs } from '../../stacks/rollout-specs.ts';
import { oneSpec } from './synthesised.ts';

const scratch = await mkdtemp(join(tmpdir(), 'sluice-specs-'));
afterAll(() => rm(scratch, { recursive: true }));
const good = await readFile(join(oneSpec, 'checkout.yaml'), 'utf8');

/** A folder `rollouts` with these files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(await mkdtemp(join(scratch, 'case-')), 'rollouts');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('the specs of a deployment', () => {
  it('are the YAML files of the folder, in the order of their names', async () => {
    const files = { 'search.yml': good.replaceAll('checkout', 'search'), 'checkout.yaml': good, 'README.md': 'no spec' };
    expect(readSpecs(await folderOf(files)).map(({ file, spec }) => [file, spec.name])).toEqual([
      ['rollouts/checkout.yaml', 'checkout'],
      ['rollouts/search.yml', 'search'],
    ]);
  });

  it('are applied as they are written', async () => {
    expect(readSpecs(await folderOf({ 'checkout.yaml': good }))[0]?.text).toBe(good);
  });

  it('may be none', async () => {
    expect(readSpecs(await folderOf({}))).toEqual([]);
  });

  it('are asked for where there is no folder', () => {
    expect(() => readSpecs(join(scratch, 'nowhere'))).toThrow(InvalidInputError);
    expect(() => readSpecs(join(scratch, 'nowhere'))).toThrow('rolloutsFolder');
  });

  it('end the synthesis where they do not hold, with the file, the line, what was found and the way out, for all of them', async () => {
    const folder = await folderOf({
      'checkout.yaml': good.replace('weight: 50', 'wieght: 50'),
      'search.yaml': good,
    });
    expect(() => readSpecs(folder)).toThrow(SpecInvalidError);
    expect(() => readSpecs(folder)).toThrow(/rollouts\/checkout\.yaml:8:\d+ steps\[0\].*wieght[\s\S]*did you mean `weight`/);
    expect(() => readSpecs(folder)).toThrow(/rollouts\/search\.yaml:1:\d+ name: found "checkout"/);
    expect(() => readSpecs(folder)).toThrow('`sluice lint`');
  });
});
