import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import { bundleFunctions } from '../../scripts/bundle-functions.ts';

const folder = await mkdtemp(join(tmpdir(), 'sluice-bundles-'));
const bundles = await bundleFunctions({ folder, write: true });

afterAll(() => rm(folder, { recursive: true, force: true }));

async function handlerOf(file: string): Promise<LambdaHandler> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { handler: LambdaHandler };
  return module.handler;
}

describe('what Lambda is given, bundled and minified', () => {
  it.each(bundles.filter(({ name }) => name !== 'sweep'))(
    '$name refuses an input that it does not take, by the error that ASL knows',
    async ({ file }) => {
      const handler = await handlerOf(file);
      await expect(handler({ no: 'such input' })).rejects.toMatchObject({ name: 'InvalidInputError' });
    },
  );

  it('the sweep, which takes any event, says which variable its deployment did not set', async () => {
    const sweep = bundles.find(({ name }) => name === 'sweep');
    const handler = await handlerOf(sweep?.file ?? '');
    await expect(handler({})).rejects.toMatchObject({ name: 'NotFoundError', message: expect.stringMatching(/SLUICE_|AWS_REGION/) });
  });
});
