import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsUnavailableError } from '../../../core/errors.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { cdkArguments } from '../../localstack/cdk-arguments.ts';
import { specText } from '../spec.ts';
import type { Clients } from './clients.ts';
import { runCdk } from './run-cdk.ts';

export interface StackSetting {
  readonly clients: Pick<Clients, 'cloudFormation' | 'region' | 'setting'>;
  readonly prefix: string;
  readonly account: string;
  readonly spec: RolloutSpecSource;
  readonly tell: (line: string) => void;
}

/** Sluice, deployed under the run's prefix with the one spec of the run. cdk.json holds as it is, but for what would lead elsewhere. */
export class ControllerStack {
  readonly #setting: StackSetting;
  #folder: Promise<string> | undefined;

  constructor(setting: StackSetting) {
    this.#setting = setting;
  }

  deploy(signal: AbortSignal): Promise<void> {
    return this.#cdk('deploy', signal);
  }

  /** Content where there is no such stack. @throws AwsUnavailableError where it is still there afterwards. */
  async destroy(signal: AbortSignal): Promise<void> {
    if (await this.#exists()) await this.#cdk('destroy', signal);
    if (!(await this.#exists())) return this.#clearAway();
    throw new AwsUnavailableError(`The stack ${this.#setting.prefix} is still there after cdk destroy.`, {
      remedy: 'Its events in the console of CloudFormation say why.',
    });
  }

  async #exists(): Promise<boolean> {
    const { clients, prefix } = this.#setting;
    const form = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: prefix });
    const answer = await clients.cloudFormation('/', 'application/x-www-form-urlencoded', form.toString());
    if (answer.status === 200) return !/<StackStatus>DELETE_COMPLETE<\/StackStatus>/.test(answer.text);
    if (answer.text.includes('does not exist')) return false;
    const code = /<Code>([^<]+)<\/Code>/.exec(answer.text)?.[1] ?? `HTTP ${answer.status}`;
    throw new AwsUnavailableError(`CloudFormation did not say whether there is a stack ${prefix}: ${code}.`, {
      remedy: 'See that you may do cloudformation:DescribeStacks.',
    });
  }

  async #cdk(command: 'deploy' | 'destroy', signal: AbortSignal): Promise<void> {
    const { clients, prefix, account, spec, tell } = this.#setting;
    const folder = await this.#rollouts();
    const context = {
      account,
      region: clients.region,
      rolloutsFolder: join(folder, 'rollouts'),
      // Of these cdk.json may name others, which are none of this run's business.
      clusters: spec.cluster,
      namespaces: spec.namespace,
      repositories: '',
    };
    const args = cdkArguments({ command, prefix, context, outputFolder: join(folder, 'cdk.out') });
    const environment = { ...clients.setting.environment, AWS_REGION: clients.region, AWS_DEFAULT_REGION: clients.region };
    await runCdk({ args, environment, tell, signal });
  }

  async #clearAway(): Promise<void> {
    const folder = await this.#folder;
    this.#folder = undefined;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  /** A temporary folder with the one spec, and what the CDK makes of it. It goes with the stack. */
  #rollouts(): Promise<string> {
    const { prefix, spec } = this.#setting;
    const write = async () => {
      const folder = await mkdtemp(join(tmpdir(), `${prefix}-`));
      await mkdir(join(folder, 'rollouts'));
      await writeFile(join(folder, 'rollouts', `${spec.name}.yaml`), specText(spec));
      return folder;
    };
    this.#folder ??= write();
    return this.#folder;
  }
}
