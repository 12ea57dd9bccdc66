import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Environment } from './environment.ts';

export interface RunOptions {
  readonly environment?: Environment;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Hears every line of both outputs, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly code: number;
  /** Both outputs, in the order in which they came. */
  readonly output: string;
}

/** Runs a program to its end, without a shell. Rejects where it can't be started. A program that is cut off has the code -1. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { environment = process.env, cwd, timeoutMs, onLine = () => undefined } = options;
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' as const }),
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve(exitCode ?? -1));
  });
  return { code, output: lines.join('\n') };
}
