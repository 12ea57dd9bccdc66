import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Its rules change with each version, and so would what passes. */
export const cfnLintVersion = '1.58.0';

/** A command with the arguments that come before cfn-lint's own. */
export type CfnLint = readonly [command: string, ...args: string[]];

const run = promisify(execFile);

/**
 * The pinned cfn-lint: the one on the PATH where it is that version, the one that an earlier run installed, or one installed now, outside of
 * the project, with Python and pip.
 *
 * @param say Told what takes long.
 * @returns why not, where there is none to be had: no Python, or no package index.
 */
export async function findCfnLint(say: (line: string) => void): Promise<CfnLint | { readonly why: string }> {
  if (await isPinned(['cfn-lint'])) return ['cfn-lint'];
  const folder = join(cacheFolder(), `cfn-lint-${cfnLintVersion}`);
  // By way of Python: the script itself names the folder that it was installed in, before it was moved.
  const installed: CfnLint = [join(folder, 'bin', 'python'), join(folder, 'bin', 'cfn-lint')];
  if (await isPinned(installed)) return installed;
  say(`Installing cfn-lint ${cfnLintVersion} into ${folder}, once.`);
  const why = await install(folder);
  if (why !== undefined) return { why };
  return (await isPinned(installed)) ? installed : { why: `What was installed into ${folder} does not run.` };
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice');
}

async function isPinned([command, ...args]: CfnLint): Promise<boolean> {
  const answer = await run(command, [...args, '--version']).catch(() => undefined);
  return answer?.stdout.trim() === `cfn-lint ${cfnLintVersion}`;
}

/**
 * Beside its place first, and moved there whole: a run that is interrupted, or a second one, leaves no half of it.
 *
 * @returns why it could not be; undefined where it could.
 */
async function install(folder: string): Promise<string | undefined> {
  await mkdir(cacheFolder(), { recursive: true });
  const made = await mkdtemp(`${folder}.`);
  try {
    await run('python3', ['-m', 'venv', made]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
    await run(join(made, 'bin', 'python'), [...pip, `cfn-lint==${cfnLintVersion}`]);
    await rm(folder, { recursive: true, force: true });
    await rename(made, folder);
    return undefined;
  } catch (error) {
    return `It could not be installed: ${lastLine(error)}`;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** What a command said last, or that there is none of its name. */
function lastLine(error: unknown): string {
  const { stderr, message } = Object(error);
  return (
    String(stderr || message)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  );
}
