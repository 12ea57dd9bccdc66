import type { BuildOptions } from 'esbuild';

/**
 * How functions are bundled: by scripts/bundle.ts, and by the stacks, so that what is measured is what is deployed.
 *
 * `module` goes before `main` because packages keep the build that can be shaken there: docs/decisions/0004 has the numbers. Nothing is
 * left out of the bundle, since what Lambda's runtime brings along moves without notice. What is imported on
 * use (`runtime/providers/lazily.ts`) gets a file of its own beside the function's. Class names may be shortened: errors carry
 * theirs as a literal. A CommonJS package inside asks for Node's modules by `require`, which an ES module lacks; the banner gives it one.
 */
export const bundleOptions = {
  bundle: true,
  minify: true,
  keepNames: false,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  sourcemap: 'external',
  banner: { js: "import{createRequire as sluiceRequire}from'node:module';const require=sluiceRequire(import.meta.url);" },
} satisfies BuildOptions;

/** What a bundle may weigh and how long its import may take. People wait for the abort door, so it is held to less. */
export interface BundleTarget {
  readonly kilobytes: number;
  readonly importMs: number;
}

/** @param name The function's file without its ending: `set-weight`. */
export function bundleTarget(name: string): BundleTarget {
  return name === 'abort' ? { kilobytes: 150, importMs: 30 } : { kilobytes: 400, importMs: 60 };
}
