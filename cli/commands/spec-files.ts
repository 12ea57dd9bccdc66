import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError, SpecInvalidError } from '../../core/errors.ts';
import { formatProblemLine } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { ApplyRequest } from '../connection/connection.ts';

const folder = 'rollouts';

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
    throw new InvalidInputError(`${file} could not be read.`, { remedy: 'Name a file of a rollout spec.', cause });
  }
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
  const names = await readdir(resolve(cwd, folder)).catch(() => []);
  const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
  if (files.length > 0) return files.map((name) => join(folder, name));
  throw new InvalidInputError(`There is no ${folder}/*.yaml here.`, {
    remedy: 'Name the files, or go to the folder that holds rollouts/.',
  });
}
