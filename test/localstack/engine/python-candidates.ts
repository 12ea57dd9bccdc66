import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * Where a Python 3.13 may be: on the PATH, where uv puts it, and in pyenv, whose shim on the PATH answers only for the chosen version.
 * The newest of pyenv's goes first.
 */
export function pythonCandidates(environment: Environment): string[] {
  const home = environment['HOME'] ?? '';
  const versions = join(environment['PYENV_ROOT'] ?? join(home, '.pyenv'), 'versions');
  const ofPyenv = existsSync(versions) ? readdirSync(versions).filter((name) => /^3\.13\.\d+$/.test(name)) : [];
  const newestFirst = ofPyenv.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return [
    'python3.13',
    join(home, '.local/bin/python3.13'),
    ...newestFirst.map((name) => join(versions, name, 'bin/python3.13')),
    'python3',
  ];
}
