import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AwsUnavailableError } from '../../../core/errors.ts';
import { projectFolder } from '../../localstack/cdk-arguments.ts';

export interface CdkRun {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tell: (line: string) => void;
  /** Ends cdk; what CloudFormation does already, it goes on doing. */
  readonly signal: AbortSignal;
}

/** So much of what cdk said last stands in the error. */
const saidLines = 15;

const resourceEvent = /\| +\d+(\/\d+)? +\|/;
const everyNth = 25;

/**
 * Of the two or three lines that cdk writes for each of some 150 resources, those that failed, the stack's own, and now and then one as
 * a sign of life. What is no such line is always told.
 */
export function createSieve(): (line: string) => boolean {
  let events = 0;
  return (line) => {
    if (!resourceEvent.test(line)) return line.trim() !== '';
    events += 1;
    return /FAILED|AWS::CloudFormation::Stack/.test(line) || events % everyNth === 0;
  };
}

/**
 * Runs the project's own cdk to its end. It stands in a process group of its own, so that a Ctrl-C in the terminal reaches this program
 * only, which then decides what becomes of cdk.
 *
 * @throws AwsUnavailableError where it did not end well, with what it said last.
 */
export async function runCdk({ args, environment, tell, signal }: CdkRun): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(join(projectFolder, 'node_modules/.bin/cdk'), args, {
    cwd: projectFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', end, { once: true });
  const said: string[] = [];
  const isWorthTelling = createSieve();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      said.push(line);
      if (isWorthTelling(line)) tell(`    ${line}`);
    });
  }
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode) => resolve(exitCode ?? -1));
    });
    signal.throwIfAborted();
    if (code === 0) return;
    throw new AwsUnavailableError(`cdk ${args[0]} ended with ${code}.`, { remedy: `It said last:\n${said.slice(-saidLines).join('\n')}` });
  } finally {
    signal.removeEventListener('abort', end);
  }
}
