import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../adapters/clock.ts';
import { freePort } from './free-port.ts';
import type { EngineOptions, LocalStack } from './localstack.ts';
import { hostEnvironment, loopback } from './python-arguments.ts';
import { preparePython } from './python-environment.ts';
import { Tail } from './tail.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';
import { bundleWorker } from './worker-bundle.ts';

const startTimeoutMs = 120_000;
const stopTimeoutMs = 5_000;

/**
 * LocalStack in a Python process of this machine, with `plugin/` around it. It holds on to its standard input: when that ends, because of
 * `stop()` or because this process is gone, it removes its folder and ends its process group, the functions' Node processes included.
 */
export async function startOnPython(python: string, options: EngineOptions): Promise<LocalStack> {
  const { account, region, environment, report } = options;
  const interpreter = await preparePython({ python, environment, report, clock: systemClock });
  const directory = await mkdtemp(join(tmpdir(), 'sluice-localstack-'));
  const port = await freePort();
  const child = spawn(interpreter, ['-m', 'sluice_localstack'], {
    cwd: directory,
    env: { ...environment, ...hostEnvironment(options, { port, directory, worker: await bundleWorker(directory) }) },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const tail = new Tail();
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => tail.add(text));
  const logs = () => tail.text();
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => tail.add(`${error.message}\n`));
  const exited = once(child, 'close').catch(() => undefined);

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= end();
    return stopping;
  };
  const end = async () => {
    child.stdin.end();
    const done = new AbortController();
    void systemClock.sleep(stopTimeoutMs, done.signal).then(() => done.signal.aborted || killGroup(child.pid));
    await exited;
    done.abort();
    await rm(directory, { recursive: true, force: true });
  };

  const endpoint = `http://${loopback}:${port}`;
  const gaveUp = () => ((child.exitCode ?? child.signalCode) === null ? undefined : `ended with ${child.exitCode ?? child.signalCode}`);
  try {
    await waitUntilHealthy(endpoint, { clock: systemClock, timeoutMs: startTimeoutMs, gaveUp, logs });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    engine: 'python',
    endpoint,
    region,
    account,
    credentials: { accessKeyId: account, secretAccessKey: 'localstack' },
    hostSeenByLambdas: loopback,
    logs,
    stop,
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
