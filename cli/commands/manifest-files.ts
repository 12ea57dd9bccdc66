import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';
import { shorten } from '../../core/shorten.ts';
import type { ManifestText } from './lint-manifests.ts';
import { longestPath } from './spec-files.ts';

const endings = /\.(ya?ml|json)$/;

/**
 * The manifests that were named, each once, in the order of their names: files of any name, and in folders and the folders below whatever ends in
 * .yaml, .yml or .json. What is hidden is passed over.
 *
 * @throws InvalidInputError for a path that is not there or may not be read, and for a folder without such a file.
 */
export async function readManifestFiles(cwd: string, paths: readonly string[]): Promise<ManifestText[]> {
  const files = new Set((await Promise.all(paths.map((path) => filesAt(cwd, path)))).flat());
  return Promise.all([...files].map(async (file) => ({ file, text: await reading(file, () => readFile(resolve(cwd, file), 'utf8')) })));
}

async function filesAt(cwd: string, path: string): Promise<string[]> {
  const found = await reading(path, () => stat(resolve(cwd, path)));
  if (!found.isDirectory()) return [path];
  const files = await filesBelow(cwd, path);
  if (files.length > 0) return files;
  throw new InvalidInputError(`${shorten(path, longestPath)} holds no *.yaml, *.yml or *.json.`, {
    remedy: 'Name a file or a folder of Kubernetes manifests.',
  });
}

async function filesBelow(cwd: string, folder: string): Promise<string[]> {
  const entries = await reading(folder, () => readdir(resolve(cwd, folder), { withFileTypes: true }));
  const shown = entries.filter(({ name }) => !name.startsWith('.')).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = shown.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(cwd, path);
    return endings.test(entry.name) ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

const whyNot: Readonly<Record<string, string>> = { ENOENT: 'does not exist', ENOTDIR: 'does not exist', EACCES: 'may not be read by you' };

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const remedy = 'Name a file or a folder of Kubernetes manifests.';
    throw new InvalidInputError(`${shorten(path, longestPath)} ${whyNot[code] ?? 'could not be read'}.`, { remedy, cause });
  }
}
