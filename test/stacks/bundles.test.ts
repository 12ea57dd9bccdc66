import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { buildApp } from '../../stacks/build-app.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { oneSpec } from './synthesised.ts';

const scratch = await mkdtemp(join(tmpdir(), 'sluice-bundled-'));
afterAll(() => rm(scratch, { recursive: true }));
const assets = z.object({
  files: z.record(
    z.string(),
    z.object({ displayName: z.optional(z.string()), source: z.object({ path: z.string(), packaging: z.string() }) }),
  ),
});

/** The folder of each function's code by the function's name, as `cdk deploy` would send it. */
async function deployedCode(): Promise<ReadonlyMap<string, string>> {
  const outdir = await mkdtemp(join(scratch, 'out-'));
  const { app } = await buildApp({ outdir, builtinCloudFormationValidation: false, context: { rolloutsFolder: oneSpec } });
  app.synth();
  const { files } = assets.parse(JSON.parse(await readFile(join(outdir, 'sluice.assets.json'), 'utf8')));
  const zipped = Object.values(files).filter(({ source }) => source.packaging === 'zip');
  return new Map(zipped.map(({ displayName = '', source }) => [displayName.split('/')[1] ?? '', join(outdir, source.path)]));
}

const deployed = await deployedCode();

describe('what is deployed of a function', () => {
  it('is its own files and no source maps', async () => {
    expect(deployed.size).toBe(functionSetups.length - 1);
    for (const folder of deployed.values()) {
      const files = await readdir(folder);
      expect(files).toContain('index.mjs');
      expect(files.filter((file) => !file.endsWith('.mjs'))).toEqual([]);
    }
  });

  it.each([...deployed])('%s has a handler where Lambda looks for it', async (_, folder) => {
    const { handler } = await import(pathToFileURL(join(folder, 'index.mjs')).href);
    expect(handler).toBeTypeOf('function');
  });

  it('is the same when it is made again, so that an upgrade changes only what changed', async () => {
    const again = await deployedCode();
    expect([...again].map(([name, folder]) => [name, folder.split('/').at(-1)])).toEqual(
      [...deployed].map(([name, folder]) => [name, folder.split('/').at(-1)]),
    );
  });
});
