import { variables } from '../../runtime/environment.ts';
import type { FunctionSetup } from '../functions.ts';
import type { Arns, Names } from './names.ts';

interface Known {
  readonly names: Names;
  readonly arns: Arns;
  readonly webhookSecretArn: string | undefined;
  readonly retentionDays: number;
}

/** What a function is told: whose it is, and of the rest only what its permissions let it use. The client of the machines knows both, and is told both. */
export function environmentOf(
  { permissions }: FunctionSetup,
  { names, arns, webhookSecretArn, retentionDays }: Known,
): Readonly<Record<string, string>> {
  const uses = new Set(permissions.map(({ on }) => on));
  const usesMachines = [...uses].some((on) => /(Machine|Executions)$/.test(on));
  return {
    [variables.deployment]: names.prefix,
    ...(uses.has('table') ? { [variables.table]: names.table, [variables.retentionDays]: `${retentionDays}` } : {}),
    ...(uses.has('eventBus') ? { [variables.eventBus]: names.eventBus } : {}),
    ...(usesMachines ? { [variables.rolloutMachine]: arns.machine('rollout'), [variables.rollbackMachine]: arns.machine('rollback') } : {}),
    ...(uses.has('webhookSecret') && webhookSecretArn !== undefined ? { [variables.webhookSecret]: webhookSecretArn } : {}),
  };
}
