import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { bundleOptions } from '../runtime/bundle-options.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface Bundle {
  /** The function's file without its ending: `set-weight`. */
  readonly name: string;
  /** Absolute; written only where that was asked for. */
  readonly file: string;
  /** What Lambda loads at a cold start, before any call: of 1,024 bytes, minified, without source maps. */
  readonly kilobytes: number;
  /** With what is loaded on use: the SDK's clients. */
  readonly allKilobytes: number;
  readonly exports: readonly string[];
  /** What is in it: kilobytes by package, or by folder of the house, the heaviest first. */
  readonly parts: readonly { readonly of: string; readonly kilobytes: number }[];
}

/** Bundles every function to `<folder>/<name>/index.mjs`, each by itself, as Lambda gets it; or only weighs them. */
export async function bundleFunctions({ folder, write }: { readonly folder: string; readonly write: boolean }): Promise<Bundle[]> {
  const files = (await readdir(`${root}functions`)).filter((file) => file.endsWith('.ts'));
  const names = files.map((file) => file.slice(0, -'.ts'.length)).toSorted();
  return Promise.all(names.map((name) => bundleOne(name, folder, write)));
}

async function bundleOne(name: string, folder: string, write: boolean): Promise<Bundle> {
  const file = `${folder}/${name}/index.mjs`;
  const { metafile } = await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: { index: `functions/${name}.ts` },
    outdir: `${folder}/${name}`,
    write,
    metafile: true,
    logLevel: 'error',
  });
  const code = Object.entries(metafile.outputs).filter(([path]) => !path.endsWith('.map'));
  const entry = code.find(([path]) => path.endsWith(`${name}/index.mjs`));
  if (entry === undefined) throw new Error(`esbuild gave no output for functions/${name}.ts.`);
  const atStart = [...loadedWith(entry[0], metafile)].map((path) => metafile.outputs[path]).filter((output) => output !== undefined);
  const sum = (outputs: readonly { readonly bytes: number }[]) => outputs.reduce((bytes, output) => bytes + output.bytes, 0) / 1024;
  return {
    name,
    file,
    kilobytes: sum(atStart),
    allKilobytes: sum(code.map(([, output]) => output)),
    exports: entry[1].exports,
    parts: partsOf(Object.assign({}, ...atStart.map(({ inputs }) => inputs))),
  };
}

/** A file of a bundle, and those that it imports before anything of it runs. */
function loadedWith(path: string, metafile: Metafile, loaded = new Set<string>()): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? []) {
    if (kind === 'import-statement') loadedWith(imported, metafile, loaded);
  }
  return loaded;
}

function partsOf(inputs: Metafile['outputs'][string]['inputs']): Bundle['parts'] {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const of = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/')[0] ?? path;
    bytes.set(of, (bytes.get(of) ?? 0) + bytesInOutput);
  }
  return [...bytes].map(([of, size]) => ({ of, kilobytes: size / 1024 })).toSorted((a, b) => b.kilobytes - a.kilobytes);
}
