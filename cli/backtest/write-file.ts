import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';

/** Said before anybody is asked: minutes of recording must not be lost to a folder that is not there. @throws InvalidInputError */
export async function refuseUnwritable(cwd: string, file: string): Promise<void> {
  const path = resolve(cwd, file);
  const there = await stat(path).catch(() => undefined);
  const folder = there === undefined ? await stat(dirname(path)).catch(() => undefined) : undefined;
  const fits = there === undefined ? folder?.isDirectory() === true : !there.isDirectory();
  if (!fits) throw unwritable(file);
  await access(there === undefined ? dirname(path) : path, constants.W_OK).catch((cause: unknown) => {
    throw unwritable(file, cause);
  });
}

/** @throws InvalidInputError */
export async function writeText(cwd: string, file: string, text: string): Promise<void> {
  await writeFile(resolve(cwd, file), text).catch((cause: unknown) => {
    throw unwritable(file, cause);
  });
}

function unwritable(file: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError(`${file} could not be written.`, { remedy: 'Name a file in a folder that is there and yours.', cause });
}
