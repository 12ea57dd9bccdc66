import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InvalidInputError, SpecInvalidError } from '../../core/errors.ts';
import { shorten } from '../../core/shorten.ts';
import { formatProblemLine } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { closestWord } from '../../core/spec/typo-hint.ts';
import type { ApplyRequest } from '../connection/connection.ts';

const folder = 'rollouts';

/** No system has longer paths; a name that is longer is shown by its beginning. */
export const longestPath = 4_096;

/** How many specs an error lists at most. */
const mostNamed = 10;

/** The files that were named, or rollouts/*.yaml. @throws InvalidInputError where there is none, or one cannot be read. */
export async function readSpecFiles(cwd: string, files: readonly string[]): Promise<ApplyRequest[]> {
  const named = files.length > 0 ? files : await specsIn(cwd);
  return Promise.all(named.map((file) => readSpecFile(cwd, file)));
}

/** @throws InvalidInputError where the file cannot be read. */
export async function readSpecFile(cwd: string, file: string): Promise<ApplyRequest> {
  try {
    return { file, text: await readFile(resolve(cwd, file), 'utf8') };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const remedy = code === 'ENOENT' ? await remedyForMissing(cwd, file) : 'Name a file of a rollout spec.';
    throw new InvalidInputError(`${shorten(file, longestPath)} ${whyUnreadable[code] ?? 'could not be read'}.`, { remedy, cause });
  }
}

const whyUnreadable: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
  EPERM: 'may not be read by you',
};

/** Names the spec that was probably meant, or those that there are beside it. */
async function remedyForMissing(cwd: string, file: string): Promise<string> {
  const names = await specNamesIn(resolve(cwd, dirname(file)));
  const meant = closestWord(basename(file), names);
  const besideIt = (name: string) => join(dirname(file), name);
  if (meant !== undefined) return `Did you mean ${besideIt(meant)}?`;
  if (names.length === 0) return 'Name a file of a rollout spec.';
  const named = names.slice(0, mostNamed).map(besideIt).join(', ');
  return `There ${names.length === 1 ? 'is' : 'are'} ${named}${names.length > mostNamed ? ' and more' : ''}.`;
}

/** @throws SpecInvalidError */
export function parseOrThrow({ file, text }: ApplyRequest): RolloutSpec {
  const parsed = parseSpec(text, file);
  if (parsed.ok) return parsed.spec;
  throw new SpecInvalidError(parsed.problems.map(formatProblemLine).join('\n'), { remedy: `See \`sluice lint ${file}\`.` });
}

/** @example specFileOf('checkout') // 'rollouts/checkout.yaml' */
export function specFileOf(fileOrName: string): string {
  return /\.ya?ml$/.test(fileOrName) || fileOrName.includes('/') ? fileOrName : join(folder, `${fileOrName}.yaml`);
}

async function specsIn(cwd: string): Promise<string[]> {
  const names = await specNamesIn(resolve(cwd, folder));
  if (names.length > 0) return names.map((name) => join(folder, name));
  throw new InvalidInputError(`There is no ${folder}/*.yaml here.`, {
    remedy: 'Name the files, or go to the folder that holds rollouts/.',
  });
}

async function specNamesIn(path: string): Promise<string[]> {
  const names = await readdir(path).catch(() => []);
  return names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
}
