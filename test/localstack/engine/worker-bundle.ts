import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The Node that the package `node` brings: the version of the Lambda runtime, whatever this process runs on. */
export const workerNode = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));

/**
 * Makes JavaScript of `worker/`. Node could strip the types by itself, but each cold start would pay for that, with memory and with
 * milliseconds that no Lambda has.
 *
 * @returns The path of the bundle.
 */
export async function bundleWorker(directory: string): Promise<string> {
  const outfile = join(directory, 'worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('worker/main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}
