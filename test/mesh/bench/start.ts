import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { AwsUnavailableError } from '../../../core/errors.ts';
import { projectFolder } from '../../localstack/cdk-arguments.ts';
import { type BuildOptions, benchFolder, buildBench } from './build/build.ts';
import { connectBench } from './connect.ts';
import type { BenchDescription } from './description.ts';
import { type SupervisorSettings, supervisorMessage } from './supervisor/message.ts';
import type { StartedBench } from './types.ts';

export interface StartBenchOptions extends BuildOptions {
  /** How long istiod waits for more changes before it tells the proxies: 100 where left out, as Istio does. */
  readonly debounceMs?: number;
}

const supervisorProgram = new URL('supervisor/main.ts', import.meta.url).pathname;

/**
 * Builds what is missing and starts a bench; resolves when all parts answer. Several run side by side. All of it ends with this process,
 * also where that is killed.
 *
 * @throws NotFoundError, AwsUnavailableError as `buildBench`, and where a part does not come up; the remedy names its log.
 */
export async function startBench(options: StartBenchOptions = {}): Promise<StartedBench> {
  const { report = () => undefined, environment = process.env, debounceMs = 100 } = options;
  const built = await buildBench(options);
  const settings: SupervisorSettings = { ...built, benchFolder: benchFolder(environment), debounceMs };
  // A group of its own: a Ctrl-C in the terminal is for this process, which then ends it in good order.
  const child = spawn(`${projectFolder}/node_modules/.bin/node`, [supervisorProgram, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment,
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit').then(() => undefined);
  const description = await new Promise<BenchDescription>((resolve, reject) => {
    const fail = (message: string, remedy: string) => reject(new AwsUnavailableError(`The bench did not start: ${message}`, { remedy }));
    child.once('error', reject);
    child.once('exit', (code) => fail(`its supervisor ended with ${code}.`, 'See what it wrote.'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = supervisorMessage.parse(JSON.parse(line));
      if ('report' in message) report(message.report);
      else if ('ready' in message) resolve(message.ready);
      else fail(message.failed.message, message.failed.remedy);
    });
  });
  const bench = connectBench(description);
  return {
    ...bench,
    description,
    ended: exited,
    close: async () => {
      await bench.detach();
      child.stdin.end();
      await exited;
    },
  };
}
