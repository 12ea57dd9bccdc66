import type { Connection } from '../../../cli/connection/connection.ts';
import type { AccountSetting } from '../account.ts';
import type { TestCluster } from '../cluster/test-cluster.ts';
import type { Remain } from '../remains.ts';
import type { TestAlarm } from './alarm.ts';
import type { Clients } from './clients.ts';
import type { ControllerStack } from './controller-stack.ts';
import type { Registry } from './registry.ts';
import { logGroupPrefixes, removeLogGroups, removeTable } from './retained.ts';
import { endRollouts } from './under-way.ts';

export interface RemovalParts {
  readonly clients: Pick<Clients, 'region' | 'setting' | 'dynamoDb' | 'logs'>;
  readonly setting: Pick<AccountSetting, 'options' | 'names' | 'hurry'>;
  readonly cluster: Pick<TestCluster, 'removeNamespace'>;
  readonly alarm: Pick<TestAlarm, 'remove'>;
  readonly registry: Pick<Registry, 'untag'>;
  readonly stack: Pick<ControllerStack, 'destroy'>;
}

/** How each thing is removed, by the program and by hand. */
export function listRemains({ clients, setting, cluster, alarm, registry, stack }: RemovalParts) {
  const { options, names, hurry } = setting;
  const { prefix, namespace } = names;
  const region = `--region ${clients.region}`;
  const kubectl = ['kubectl', ...given('--kubeconfig', options.kubeconfig), ...given('--context', options.context)].join(' ');
  const tags = [names.tag('push'), names.tag('rollback')];
  const theStack: Remain = {
    what: `the stack ${prefix}`,
    byHand: [
      `aws cloudformation delete-stack ${region} --stack-name ${prefix}`,
      `aws cloudformation wait stack-delete-complete ${region} --stack-name ${prefix}`,
    ],
    remove: () => stack.destroy(hurry),
  };
  return {
    alarm: {
      what: `the alarm ${names.alarm}`,
      byHand: [`aws cloudwatch delete-alarms ${region} --alarm-names ${names.alarm}`],
      remove: () => alarm.remove(),
    },
    namespace: {
      what: `the namespace ${namespace}`,
      byHand: [`${kubectl} delete namespace ${namespace}`],
      after: [theStack],
      remove: () => cluster.removeNamespace(namespace),
    },
    tags: {
      what: `the tags ${tags.join(' and ')} of ${options.repository}`,
      byHand: tags.map((tag) => `aws ecr batch-delete-image ${region} --repository-name ${options.repository} --image-ids imageTag=${tag}`),
      remove: async () => {
        for (const tag of tags) await registry.untag(tag);
      },
    },
    logs: {
      what: 'its logs',
      byHand: logGroupPrefixes(prefix).map((start) => `aws logs describe-log-groups ${region} --log-group-name-prefix ${start}`),
      after: [theStack],
      remove: () => removeLogGroups(clients, prefix),
    },
    table: {
      what: `its table ${prefix}, which the stack leaves behind`,
      byHand: [
        `aws dynamodb update-table ${region} --table-name ${prefix} --no-deletion-protection-enabled`,
        `aws dynamodb wait table-exists ${region} --table-name ${prefix}`,
        `aws dynamodb delete-table ${region} --table-name ${prefix}`,
      ],
      after: [theStack],
      remove: () => removeTable(clients, clients.setting.clock, prefix),
    },
    stack: theStack,
    rollouts: (connection: Pick<Connection, 'clock' | 'status' | 'abort'>): Remain => ({
      what: 'what is still under way',
      byHand: [`npm run sluice -- --prefix ${prefix} ${region} abort ${names.service}`],
      remove: () => endRollouts(connection, names.service),
    }),
  };
}

function given(option: string, value: string | undefined): string[] {
  return value === undefined ? [] : [option, value];
}
