import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { NotFoundError } from '../../core/errors.ts';
import type { MachineName } from '../../core/ports.ts';
import type { SluiceContext } from '../context.ts';
import type { CodeSource } from './bundles.ts';
import { deadLetterQueue } from './dead-letters.ts';
import { deployedFunctions } from './deployed-functions.ts';
import { doors } from './doors.ts';
import { environmentOf } from './environment.ts';
import { eventBus } from './event-bus.ts';
import { SluiceFunction } from './function.ts';
import type { ResourceArns } from './function-role.ts';
import { Machine } from './machine.ts';
import { type Arns, arnsOf, type Names } from './names.ts';
import { networkOf } from './network.ts';
import { storeTable } from './store.ts';
import { webhookSecret } from './webhook-secret.ts';
import { type Workspaces, workspaceArns } from './workspaces.ts';

export interface ControllerProps {
  readonly context: SluiceContext;
  readonly names: Names;
  readonly code: CodeSource;
  /** By name: those of the specs, and those of the context. */
  readonly clusters: readonly string[];
  /** As specs name them, with their registry; or by name alone. */
  readonly repositories: readonly string[];
  readonly workspaces: Workspaces;
}

/** What does the work: the functions, both state machines, and what they keep things in. */
export class Controller extends Construct {
  readonly names: Names;
  readonly key: IKey | undefined;
  readonly store: Table;
  readonly deadLetters: Queue;
  readonly eventBus: EventBus;
  /** Only where the webhook was asked for. */
  readonly webhookSecret: Secret | undefined;
  readonly functions: ReadonlyMap<string, SluiceFunction>;
  readonly machines: Readonly<Record<MachineName, Machine>>;
  /** What functions may read in ECR. */
  readonly repositoryArns: readonly string[];

  constructor(scope: Construct, id: string, props: ControllerProps) {
    super(scope, id);
    const { context, names } = props;
    this.names = names;
    this.key = context.kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', context.kmsKeyArn);
    this.store = storeTable(this, { tableName: names.table, key: this.key });
    this.deadLetters = deadLetterQueue(this, { queueName: names.deadLetters, key: this.key });
    this.eventBus = eventBus(this, { eventBusName: names.eventBus, key: this.key, deadLetters: this.deadLetters });
    this.webhookSecret = context.webhook ? webhookSecret(this, { secretName: names.webhookSecret, key: this.key }) : undefined;
    const arns = arnsOf(Stack.of(this), names);
    this.repositoryArns = withoutCovered(props.repositories.map(arns.repository).filter((arn) => arn !== undefined));
    this.functions = this.makeFunctions(props, arns);
    const machine = (name: MachineName, constructId: string) =>
      new Machine(this, constructId, {
        machine: name,
        names,
        functions: this.functions,
        logRetentionDays: context.logRetentionDays,
        key: this.key,
      });
    this.machines = { rollout: machine('rollout', 'Rollout'), rollback: machine('rollback', 'Rollback') };
    // An upgrade moves the doors last: docs/decisions/0012-upgrades.md.
    for (const { live } of this.functions.values()) live?.node.addDependency(...Object.values(this.machines));
  }

  /**
   * The store is kept when a first deployment is rolled back, and its name is then in the way of the second. So it is made after what fails
   * for want of something in the account: concurrency to reserve (functions), the logs' delivery (machines), a cluster (`others`).
   */
  makeStoreAfter(others: readonly Construct[]): void {
    const lambdas = [...this.functions.values()].map(({ lambda }) => lambda);
    this.store.node.addDependency(...lambdas, ...Object.values(this.machines), ...others);
  }

  /** @throws NotFoundError where functions.ts has no function of that name. */
  function(name: string): SluiceFunction {
    const found = this.functions.get(name);
    if (found !== undefined) return found;
    throw new NotFoundError(`There is no function ${name}.`, { remedy: 'Add its line to stacks/functions.ts.' });
  }

  /** What events invoke of a door. @throws NotFoundError where the function is none. */
  live(name: string): IFunction {
    const { live } = this.function(name);
    if (live !== undefined) return live;
    throw new NotFoundError(`${name} has no alias for events to invoke.`, { remedy: 'Add it to stacks/controller/doors.ts.' });
  }

  private makeFunctions(props: ControllerProps, arns: Arns): ReadonlyMap<string, SluiceFunction> {
    const { context, names, code } = props;
    const resources: ResourceArns = {
      table: [arns.table],
      rolloutMachine: [arns.machine('rollout')],
      rollbackMachine: [arns.machine('rollback')],
      rolloutExecutions: [arns.executions('rollout')],
      rollbackExecutions: [arns.executions('rollback')],
      eventBus: [arns.eventBus],
      clusters: props.clusters.map(arns.cluster),
      repositories: this.repositoryArns,
      webhookSecret: this.webhookSecret === undefined ? [] : [this.webhookSecret.secretArn],
      ...workspaceArns(props.workspaces, arns),
      everything: ['*'],
    };
    const network = networkOf(this, context.vpc);
    return new Map(
      deployedFunctions(context).map((setup) => [
        setup.name,
        new SluiceFunction(this, {
          setup,
          names,
          code,
          environment: environmentOf(setup, {
            names,
            arns,
            webhookSecretArn: this.webhookSecret?.secretArn,
            retentionDays: context.retentionDays,
          }),
          resources,
          functionArn: arns.function(setup.file),
          logRetentionDays: context.logRetentionDays,
          network,
          key: this.key,
          deadLetters: this.deadLetters,
          reservedConcurrency: setup.reserved === undefined ? 0 : (context[setup.reserved.context] ?? setup.reserved.concurrency),
          door: doors[setup.name],
        }),
      ]),
    );
  }
}

/** Leaves out what another's `*` stands for already: a role's document may have 10,240 characters, which some eighty repositories fill. */
function withoutCovered(given: readonly string[]): string[] {
  // `**` says no more than `*`, and the two would cover each other away.
  const arns = [...new Set(given.map((arn) => arn.replaceAll(/\*+/g, '*')))];
  const patterns = arns.filter((arn) => arn.includes('*')).map((arn) => ({ arn, covers: asRegExp(arn) }));
  return arns.filter((arn) => !patterns.some((pattern) => pattern.arn !== arn && pattern.covers.test(arn)));
}

function asRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`);
}
