import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { systemClock } from '../../../../adapters/clock.ts';
import { AwsUnavailableError } from '../../../../core/errors.ts';
import type { ProcessName } from '../types.ts';

/** How one part is started, again and again in the same way. */
export interface PartSpec {
  readonly name: ProcessName;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What it needs of other parts, before each start. */
  readonly prepare?: () => Promise<void>;
  readonly log: string;
  /** Whether it does its work. */
  readonly isReady: () => Promise<boolean>;
}

const readyTimeoutMs = 120_000;
const pollMs = 50;

/** One process of the bench, which can end and be started anew. */
export class Child {
  readonly spec: PartSpec;
  readonly #onChange: () => void;
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();

  /** @param onChange Called whenever it has another process id, or none. */
  constructor(spec: PartSpec, onChange: () => void) {
    this.spec = spec;
    this.#onChange = onChange;
  }

  get pid(): number | undefined {
    const child = this.#process;
    return child === undefined || child.exitCode !== null || child.signalCode !== null ? undefined : child.pid;
  }

  /** @throws AwsUnavailableError where it ends, or does not come to do its work. */
  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    const { name, command, args, cwd, log, environment = {}, prepare, isReady } = this.spec;
    await prepare?.();
    const output = openSync(log, 'a');
    const child = spawn(command, args, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#process = child;
    this.#exited = once(child, 'exit').then(this.#onChange, this.#onChange);
    this.#onChange();
    const untilMs = systemClock.now() + readyTimeoutMs;
    while (!(await isReady().catch(() => false))) {
      const why = this.pid === undefined ? `ended with ${child.exitCode ?? child.signalCode}` : 'did not become ready in 2 minutes';
      if (this.pid === undefined || systemClock.now() > untilMs) {
        throw new AwsUnavailableError(`${name} ${why}.`, { remedy: `See ${log}.` });
      }
      await systemClock.sleep(pollMs);
    }
  }

  /** Resolves when it is gone. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.send(signal);
    await this.#exited;
  }

  send(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) this.#process?.kill(signal);
  }

  /** SIGTERM, and SIGKILL for one that is still there after so long. */
  async end(patienceMs: number): Promise<void> {
    this.send('SIGCONT');
    this.send('SIGTERM');
    const done = new AbortController();
    void systemClock.sleep(patienceMs, done.signal).then(() => done.signal.aborted || this.send('SIGKILL'));
    await this.#exited;
    done.abort();
  }
}
