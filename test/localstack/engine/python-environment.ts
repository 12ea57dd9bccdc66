import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsUnavailableError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { Environment } from './environment.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';

const pinFiles = ['requirements.txt', 'constraints.txt'] as const;

export interface PythonEnvironmentOptions {
  /** A Python 3.13. */
  readonly python: string;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly report: (line: string) => void;
}

/**
 * The interpreter of an environment that has LocalStack in it. It lies in the user's cache, under a name made of the pins, and so is
 * made once (a minute, 500 MB) and shared by all checkouts; two runs at once make it only once.
 *
 * @throws AwsUnavailableError where pip did not end well; with what it said last.
 */
export async function preparePython({ python, environment, clock, report }: PythonEnvironmentOptions): Promise<string> {
  const pins = await Promise.all(pinFiles.map((name) => readFile(new URL(name, import.meta.url), 'utf8')));
  const folder = join(cacheFolder(environment), `localstack-${keyOf(pins)}`);
  const interpreter = join(folder, 'bin', 'python');
  // Written last: a folder without it is what an interrupted run left.
  const finished = join(folder, 'finished');
  if (existsSync(finished)) return interpreter;

  return await withLock(
    `${folder}.lock`,
    { clock, onWait: (pid) => report(`Waiting for process ${pid}, which installs LocalStack.`) },
    async () => {
      if (existsSync(finished)) return interpreter;
      report(`Installing LocalStack into ${folder}: about a minute and 500 MB, once.`);
      await rm(folder, { recursive: true, force: true });
      await step(python, ['-m', 'venv', folder], environment, report);
      const [requirements, constraints] = pinFiles.map((name) => new URL(name, import.meta.url).pathname);
      const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off'];
      await step(interpreter, [...install, '-r', requirements ?? '', '-c', constraints ?? ''], environment, report);
      await writeFile(finished, '');
      return interpreter;
    },
  );
}

/** Beside the other caches of the user: the XDG base directory specification. */
export function cacheFolder(environment: Environment): string {
  return join(environment['XDG_CACHE_HOME'] || join(environment['HOME'] ?? '.', '.cache'), 'sluice');
}

/** Another key as soon as any of the pins changes. */
export function keyOf(pins: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(pins)).digest('hex').slice(0, 12);
}

async function step(command: string, args: readonly string[], environment: Environment, report: (line: string) => void): Promise<void> {
  let packages = 0;
  const onLine = (line: string) => {
    if (line.startsWith('Collecting')) packages += 1;
    if (line.startsWith('Collecting') && packages % 25 === 0) report(`${packages} packages found.`);
    if (line.startsWith('Installing')) report(`Installing ${packages} packages.`);
  };
  const { code, output } = await run(command, args, { environment, onLine });
  if (code === 0) return;
  const said = output.split('\n').slice(-10).join('\n');
  throw new AwsUnavailableError(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}.`, { remedy: `It said:\n${said}` });
}
