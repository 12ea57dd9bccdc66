import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './engine/environment.ts';
import type { LocalStack } from './engine/localstack.ts';

/** Where `cdk.json` and `node_modules` are. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

export interface CdkCall {
  readonly command: 'deploy' | 'destroy';
  readonly prefix: string;
  readonly context: Readonly<Record<string, string>>;
  /** Where the templates and the bundles go: one for each call, so that several may run at once. */
  readonly outputFolder: string;
}

/** What follows `cdk`. It asks nobody anything, fetches no notices, and touches the one stack only. */
export function cdkArguments({ command, prefix, context, outputFolder }: CdkCall): string[] {
  const values = Object.entries({ ...context, prefix }).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  const unasked = command === 'deploy' ? ['--require-approval', 'never', '--progress', 'events'] : ['--force'];
  return [command, prefix, ...unasked, ...values, '--output', outputFolder, '--no-notices', '--no-color'];
}

/**
 * The environment that makes cdk talk to LocalStack, and to nothing else: what leads to a real account is taken out. The project's own
 * Node goes first on the PATH, since cdk.json says `node`.
 */
export function cdkEnvironment(
  { endpoint, region, account, credentials }: Pick<LocalStack, 'endpoint' | 'region' | 'account' | 'credentials'>,
  environment: Environment,
): Environment {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(kept),
    PATH: [join(projectFolder, 'node_modules/.bin'), environment['PATH'] ?? ''].join(delimiter),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DEFAULT_ACCOUNT: account,
    CDK_DEFAULT_REGION: region,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
