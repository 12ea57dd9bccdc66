import { fileURLToPath } from 'node:url';
import { commonEnvironment, settingsForPlugin } from './engine-settings.ts';
import type { EngineOptions } from './localstack.ts';

export const image = 'localstack/localstack:4.14';

/** How a container calls the machine that it runs on. */
export const dockerHost = 'host.docker.internal';

const plugin = fileURLToPath(new URL('plugin', import.meta.url));

/**
 * `docker run` for LocalStack. The functions run in containers that it starts through the socket, with the variables added to those of
 * the template. They answer CloudFormation by the one name of LocalStack that has a certificate.
 */
export function dockerArguments(options: EngineOptions, { name, port }: { readonly name: string; readonly port: number }): string[] {
  const workerEnvironment = options.workerEnvironment(dockerHost);
  const lambdaFlags = Object.entries(workerEnvironment).map(([variable, value]) => `-e ${variable}=${value}`);
  const variables = {
    ...commonEnvironment(options),
    SLUICE_LOCALSTACK: settingsForPlugin(options, { answersUrl: `https://localhost.localstack.cloud:${port}`, workerEnvironment }),
    GATEWAY_LISTEN: `0.0.0.0:${port}`,
    LOCALSTACK_HOST: `localhost.localstack.cloud:${port}`,
    // Docker on Linux knows the name of its host only where it is told.
    LAMBDA_DOCKER_FLAGS: [`--add-host=${dockerHost}:host-gateway`, ...lambdaFlags].join(' '),
  };
  const mounts = [
    '/var/run/docker.sock:/var/run/docker.sock',
    `${plugin}:/opt/sluice:ro`,
    `${plugin}/start.py:/etc/localstack/init/start.d/sluice.py:ro`,
  ];
  return [
    ...['run', '--detach', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:${port}`],
    ...mounts.flatMap((mount) => ['--volume', mount]),
    ...Object.entries(variables).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    image,
  ];
}
