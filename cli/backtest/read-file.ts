import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';
import { shorten } from '../../core/shorten.ts';
import { longestPath } from '../commands/spec-files.ts';

/** As many points as a recording may have take some 120 MB. */
const mostBytes = 256 * 1024 * 1024;

/** What a file of JSON comes to. @throws InvalidInputError where it cannot be read, is too large, or is no JSON. */
export async function readJsonFile(cwd: string, file: string): Promise<unknown> {
  const name = shorten(file, longestPath);
  const refuse = (what: string, remedy: string, cause?: unknown) => new InvalidInputError(`${name} ${what}.`, { remedy, cause });
  const path = resolve(cwd, file);
  const nameOne = 'Name a recording: docs/cli.md says how one is made.';
  const { size } = await stat(path).catch((cause: unknown) => {
    throw refuse(codeOf(cause) === 'ENOENT' ? 'does not exist' : 'could not be read', nameOne, cause);
  });
  if (size > mostBytes) throw refuse(`is larger than ${mostBytes / 1024 / 1024} MB`, 'Record a shorter time, or a longer step.');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw refuse(codeOf(cause) === 'EISDIR' ? 'is a folder' : 'could not be read', nameOne, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse(`is no JSON: ${shorten(cause instanceof Error ? cause.message : String(cause), 200)}`, nameOne, cause);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
