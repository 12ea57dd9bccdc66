import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { build } from 'esbuild';
import { bundleOptions } from '../../runtime/bundle-options.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Gives a function its code, by its file without the ending. Its handler is `index.handler`. */
export type CodeSource = (file: string) => Code;

/**
 * Bundles each function by itself, as `npm run bundle` weighs it, so that the code of one does not change with another: an asset's hash is
 * that of its files, and only functions that changed get a new version. Source maps stay out: Lambda would have to read them at a
 * cold start.
 *
 * @param folder Where the bundles go. The CDK copies what it deploys of it into cdk.out when a function is made.
 */
export async function bundledCode(files: readonly string[], folder: string): Promise<CodeSource> {
  await Promise.all(
    files.map((file) =>
      build({
        ...bundleOptions,
        sourcemap: false,
        absWorkingDir: root,
        entryPoints: { index: `functions/${file}.ts` },
        outdir: join(folder, file),
        logLevel: 'error',
      }),
    ),
  );
  return (file) => Code.fromAsset(join(folder, file));
}

/** Code that answers nothing: for tests of the template, which need none. */
export function stubCode(): CodeSource {
  const code = Code.fromInline('exports.handler = async () => undefined;');
  return () => code;
}
