import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { AwsUnavailableError } from '../../core/errors.ts';
import { cdkArguments, cdkEnvironment, projectFolder } from './cdk-arguments.ts';
import type { LocalStack } from './engine/localstack.ts';
import { run } from './engine/run.ts';

export interface Deployment {
  readonly prefix: string;
  /** The outputs of the stack by their keys. */
  readonly outputs: Readonly<Record<string, string>>;
  /** From the start of `cdk deploy` to its end, the synthesis included. */
  readonly tookMs: number;
  /**
   * Runs `cdk destroy`.
   *
   * @throws AwsUnavailableError where it did not end well, such as for a removal that Sluice refuses.
   */
  destroy(): Promise<void>;
}

export interface DeployOptions {
  readonly localStack: Pick<LocalStack, 'endpoint' | 'region' | 'account' | 'credentials'>;
  /** The stack's name, and what all names begin with. Two of them live side by side. */
  readonly prefix: string;
  /** More of what `cdk.json` may say, such as `rolloutsFolder`: given to cdk as `--context`. */
  readonly context?: Readonly<Record<string, string>>;
  /** The folder with the `cdk.json` of the app; this project's where left out. */
  readonly app?: string;
  /** The cdk program; this project's where left out. */
  readonly cdk?: string;
  /** Hears what cdk writes, line by line. */
  readonly report?: (line: string) => void;
}

const outputsFile = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * Bootstraps the account where that was not done yet, and runs `npx cdk deploy` as it is run against AWS: the same app and the same
 * template. All that differs is where the API is, and whose credentials they are.
 *
 * @throws AwsUnavailableError where cdk did not end well; with what it said last.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { localStack, prefix, report = () => undefined, app = projectFolder } = options;
  const program = options.cdk ?? join(projectFolder, 'node_modules/.bin/cdk');
  await bootstrapOnce({ program, localStack, report, cwd: tmpdir() });
  const cdk = async (command: 'deploy' | 'destroy') => {
    const folder = await mkdtemp(join(tmpdir(), `sluice-cdk-${prefix}-`));
    try {
      const file = join(folder, 'outputs.json');
      const args = cdkArguments({ command, prefix, context: options.context ?? {}, outputFolder: join(folder, 'cdk.out') });
      const more = command === 'deploy' ? ['--outputs-file', file] : [];
      await runCdk([...args, ...more], { program, localStack, report, cwd: app });
      return outputsFile.parse(JSON.parse(await readFile(file, 'utf8').catch(() => '{}')))[prefix] ?? {};
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const startedMs = performance.now();
  const outputs = await cdk('deploy');
  const destroy = async () => void (await cdk('destroy'));
  return { prefix, outputs, tookMs: performance.now() - startedMs, destroy };
}

interface CdkPlace {
  readonly program: string;
  readonly localStack: DeployOptions['localStack'];
  readonly report: (line: string) => void;
  readonly cwd: string;
}

async function runCdk(args: readonly string[], { program, localStack, report, cwd }: CdkPlace): Promise<void> {
  const environment = cdkEnvironment(localStack, process.env);
  const { code, output } = await run(program, args, { environment, cwd, onLine: report });
  if (code === 0) return;
  const said = output.trim().split('\n').slice(-25).join('\n');
  throw new AwsUnavailableError(`cdk ${args[0]} ended with ${code}.`, { remedy: `It said:\n${said}` });
}

const bootstraps = new Map<string, Promise<void>>();

/** Once for an account, also where several deploys begin at once. Where it was done, cdk finds nothing to change. */
function bootstrapOnce(place: CdkPlace): Promise<void> {
  const { endpoint, account, region } = place.localStack;
  const key = `${endpoint} ${account} ${region}`;
  const bootstrap = bootstraps.get(key) ?? runCdk(['bootstrap', `aws://${account}/${region}`, '--no-notices', '--no-color'], place);
  bootstraps.set(key, bootstrap);
  bootstrap.catch(() => bootstraps.delete(key));
  return bootstrap;
}
