import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { connectAws } from '../../../cli/connection/aws/connect-aws.ts';
import type { Connection } from '../../../cli/connection/connection.ts';
import { DeadlineExceededError } from '../../../core/errors.ts';
import { projectFolder } from '../../localstack/cdk-arguments.ts';
import type { Account, AccountSetting } from '../account.ts';
import { linkByKubeconfig } from '../cluster/kubeconfig.ts';
import { lookAtService, untilStableReady } from '../cluster/service.ts';
import { TestCluster } from '../cluster/test-cluster.ts';
import { namespaceOf, rbacOf, workloadOf } from '../manifests.ts';
import type { Means } from '../means.ts';
import type { Remains } from '../remains.ts';
import { specOf } from '../spec.ts';
import { createAccountReader } from './account-reader.ts';
import { TestAlarm } from './alarm.ts';
import { type AccountFacts, createChecks } from './checks.ts';
import { askingJson, type ClientSetting, type Clients, createClients } from './clients.ts';
import { ControllerStack } from './controller-stack.ts';
import { Registry } from './registry.ts';
import { listRemains } from './removal.ts';

const readySeconds = 300;
/** A new alarm without data is judged within a minute or so. */
const alarmSeconds = 300;

/** An account of AWS with its cluster, as the person reaches both. */
export async function openAwsAccount(setting: AccountSetting, outside: Omit<ClientSetting, 'region'> & { cwd: string }): Promise<Account> {
  const { options, names } = setting;
  const { clock, environment, cwd } = outside;
  const clients = createClients({ ...outside, region: options.region });
  const { checks, facts } = createChecks({
    options,
    names,
    region: clients.region,
    reader: createAccountReader(clients),
    hasVpc,
    link: async () => {
      const link = await linkByKubeconfig({ file: options.kubeconfig, context: options.context, environment, cwd, clock });
      return { link, cluster: new TestCluster(link, clock) };
    },
  });
  return { clock, checks, make: (remains) => make(clients, setting, facts(), remains) };
}

const cdkFile = z.looseObject({ context: z.optional(z.looseObject({ vpc: z.optional(z.unknown()) })) });

async function hasVpc(): Promise<boolean> {
  return cdkFile.parse(JSON.parse(await readFile(join(projectFolder, 'cdk.json'), 'utf8'))).context?.vpc !== undefined;
}

async function make(clients: Clients, setting: AccountSetting, facts: AccountFacts, remains: Remains): Promise<Means> {
  const { options, names, tell, interrupted } = setting;
  const { clock } = clients.setting;
  const { cluster, identity, repositoryUri, digests } = facts;
  const spec = specOf(names, { cluster: options.cluster, repositoryUri });
  const alarm = new TestAlarm(clients.cloudWatch, names, clock);
  const registry = new Registry(clients.ecr, options.repository);
  const stack = new ControllerStack({ clients, prefix: names.prefix, account: identity.account, spec, tell });
  const listed = listRemains({ clients, setting, cluster, alarm, registry, stack });
  const step = async (line: string, list: () => void, act: () => Promise<void>) => {
    interrupted.throwIfAborted();
    tell(line);
    list();
    await act();
  };

  await step(
    `making the alarm ${names.alarm}`,
    () => remains.add(listed.alarm),
    () => alarm.make(),
  );
  await step(
    `making the namespace ${names.namespace} and its service`,
    () => remains.add(listed.namespace),
    async () => {
      await cluster.createNamespace(namespaceOf(names));
      const workload = workloadOf(names, { image: `${repositoryUri}@${digests.stable}`, port: options.port });
      for (const object of [...rbacOf(names), ...workload]) await cluster.create(object);
      await untilStableReady({ api: cluster.api, clock }, spec, readySeconds, interrupted);
    },
  );
  const listDeployment = () => [listed.tags, listed.logs, listed.table, listed.stack].forEach((remain) => void remains.add(remain));
  await step(`deploying the stack ${names.prefix}; this takes some minutes`, listDeployment, () => stack.deploy(interrupted));
  const { credentials, fetch, environment } = clients.setting;
  const connection = await connectAws({ region: clients.region, prefix: names.prefix, environment, credentials, fetch, clock });
  remains.add(listed.rollouts(connection));
  await untilFine(alarm, setting, connection);
  return {
    clock,
    connection,
    push: async (image, tag) => {
      await registry.retag(digests[image], tag);
      return digests[image];
    },
    stop: async (executionArn) => {
      await askingJson(clients.states, 'states:StopExecution', { executionArn, cause: 'Stopped by npm run test:aws.' });
    },
    crossThreshold: () => alarm.cross(),
    alarm: () => alarm.read(),
    ...lookAtService(cluster.api, spec),
  };
}

/** A rollout does not begin while its alarm has no state. @throws DeadlineExceededError */
async function untilFine(alarm: TestAlarm, { interrupted, names }: AccountSetting, { clock }: Connection): Promise<void> {
  const endMs = clock.now() + alarmSeconds * 1000;
  for (;;) {
    interrupted.throwIfAborted();
    const { state, reason } = await alarm.read();
    if (state === 'ok') return;
    if (clock.now() > endMs) {
      throw new DeadlineExceededError(`After ${alarmSeconds} s the alarm ${names.alarm} is ${state}: ${reason}.`, {
        remedy: 'See it in the console of CloudWatch.',
      });
    }
    await clock.sleep(2000, interrupted);
  }
}
