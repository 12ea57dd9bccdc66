import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../adapters/clock.ts';
import { AwsUnavailableError } from '../../../core/errors.ts';
import { dockerArguments, dockerHost, image } from './docker-arguments.ts';
import { freePort } from './free-port.ts';
import type { EngineOptions, LocalStack } from './localstack.ts';
import { run } from './run.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

const startTimeoutMs = 120_000;

/** LocalStack in a container, with the plugin's patches. It is removed by `stop()`, and where this process ends or is interrupted. */
export async function startInDocker(options: EngineOptions): Promise<LocalStack> {
  const { account, region, report } = options;
  const docker = async (...args: string[]) => {
    const { code, output } = await run('docker', args);
    if (code === 0) return output;
    throw new AwsUnavailableError(`docker ${args[0]} ended with ${code}.`, {
      remedy: `It said:\n${output.split('\n').slice(-10).join('\n')}`,
    });
  };
  if ((await run('docker', ['image', 'inspect', image])).code !== 0) {
    report(`Pulling ${image}: about 1 GB, once.`);
    await docker('pull', image);
  }
  const name = `sluice-localstack-${randomUUID().slice(0, 8)}`;
  const port = await freePort();
  await docker(...dockerArguments(options, { name, port }));
  const letGo = removeWithProcess(name);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= docker('rm', '--force', '--volumes', name).then(letGo);
    return stopping;
  };
  // Docker keeps them; a container that is gone has none.
  const logs = () => spawnSync('docker', ['logs', '--tail', '10000', name], { encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout;
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await waitUntilHealthy(endpoint, { clock: systemClock, timeoutMs: startTimeoutMs, logs });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    engine: 'docker',
    endpoint,
    region,
    account,
    credentials: { accessKeyId: account, secretAccessKey: 'localstack' },
    hostSeenByLambdas: dockerHost,
    logs,
    stop,
  };
}

/** A container outlives whoever started it, so it is removed on every way out that can be noticed. Returns how to end that. */
function removeWithProcess(name: string): () => void {
  const remove = () => void spawnSync('docker', ['rm', '--force', '--volumes', name], { stdio: 'ignore' });
  const onSignal = (signal: NodeJS.Signals) => {
    remove();
    letGo();
    process.kill(process.pid, signal);
  };
  const letGo = () => {
    process.off('exit', remove);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  process.on('exit', remove);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return letGo;
}
