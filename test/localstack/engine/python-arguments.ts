import { fileURLToPath } from 'node:url';
import { commonEnvironment, settingsForPlugin } from './engine-settings.ts';
import type { EngineOptions } from './localstack.ts';
import { workerNode } from './worker-bundle.ts';

export const loopback = '127.0.0.1';

export interface HostPlace {
  readonly port: number;
  /** Everything that LocalStack writes goes in here. */
  readonly directory: string;
  /** What a Node process runs to become a function's execution environment. */
  readonly worker: string;
}

/** What its process finds in its environment beside the caller's; undefined takes a variable away. */
export function hostEnvironment(options: EngineOptions, { port, directory, worker }: HostPlace): Record<string, string | undefined> {
  return {
    ...commonEnvironment(options),
    SLUICE_LOCALSTACK: settingsForPlugin(options, {
      answersUrl: `http://${loopback}:${port}`,
      workerEnvironment: options.workerEnvironment(loopback),
      node: workerNode,
      worker,
    }),
    SLUICE_LOCALSTACK_DIRECTORY: directory,
    PYTHONPATH: fileURLToPath(new URL('plugin', import.meta.url)),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    GATEWAY_LISTEN: `${loopback}:${port}`,
    LOCALSTACK_HOST: `${loopback}:${port}`,
    // Host names below the gateway's, such as sqs.eu-west-1.127.0.0.1, can't be looked up.
    SQS_ENDPOINT_STRATEGY: 'path',
    DNS_ADDRESS: '0',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    // In a container (CI) it would take itself for its own image, and write to /var, /usr and /etc.
    OVERRIDE_IN_DOCKER: '0',
    LOCALSTACK_VOLUME_DIR: directory,
    FILESYSTEM_ROOT: directory,
    TMPDIR: directory,
    // LocalStack calls itself, over plain HTTP and with its own credentials.
    AWS_CA_BUNDLE: undefined,
    AWS_ENDPOINT_URL: undefined,
    AWS_PROFILE: undefined,
  };
}
