import { NotFoundError } from '../../../core/errors.ts';
import type { Environment } from './environment.ts';
import { pythonCandidates } from './python-candidates.ts';
import { run } from './run.ts';

export type EngineChoice =
  | { readonly engine: 'given'; readonly endpoint: string }
  | { readonly engine: 'docker' }
  | { readonly engine: 'python'; readonly python: string };

/** Whether a program, called with these arguments, ends well: what the choice is made from. */
export type Works = (command: string, args: readonly string[]) => Promise<boolean>;

const isPython313 = ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))'];

/**
 * What LocalStack runs on: the given one, else Docker, else Python 3.13, the version that LocalStack 4.14 was tried with (3.11 fails on a
 * syntax error).
 *
 * @throws NotFoundError where there is none of them.
 */
export async function chooseEngine(environment: Environment, works: Works = worksHere): Promise<EngineChoice> {
  const endpoint = environment['LOCALSTACK_ENDPOINT'];
  if (endpoint) return { engine: 'given', endpoint: endpoint.replace(/\/+$/, '') };
  // The client alone is not enough: the server has to answer.
  if (await works('docker', ['version', '--format', '{{.Server.Version}}'])) return { engine: 'docker' };
  for (const python of pythonCandidates(environment)) {
    if (await works(python, isPython313)) return { engine: 'python', python };
  }
  throw new NotFoundError('There is nothing here that LocalStack could run on.', {
    remedy:
      'Install Python 3.13 with its venv module (`uv python install 3.13`, `pyenv install 3.13`, or the packages python3.13 and ' +
      'python3.13-venv), or start Docker, or set LOCALSTACK_ENDPOINT to a LocalStack that runs.',
  });
}

const worksHere: Works = async (command, args) => {
  const { code } = await run(command, args, { timeoutMs: 10_000 }).catch(() => ({ code: 1 }));
  return code === 0;
};
