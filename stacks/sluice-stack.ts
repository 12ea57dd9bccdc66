import { Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { Alerts } from './alerts.ts';
import { ClusterAccess } from './cluster-access/cluster-access.ts';
import type { SluiceContext } from './context.ts';
import type { CodeSource } from './controller/bundles.ts';
import { Controller } from './controller/controller.ts';
import { namesOf } from './controller/names.ts';
import { workspacesOf } from './controller/workspaces.ts';
import { DeployedSpecs, RemovalGuard } from './deploy-hooks.ts';
import { Observability, type ObservabilityProps } from './observability.ts';
import type { SpecFile } from './rollout-specs.ts';
import { Triggers } from './triggers.ts';
import { Webhook } from './webhook.ts';

export interface SluiceStackProps {
  readonly context: SluiceContext;
  readonly specs: readonly SpecFile[];
  readonly code: CodeSource;
  /** Of Sluice: a deployment of a newer one applies the specs anew. */
  readonly version: string;
}

/** All of Sluice in one account and region. Its id is the prefix of every name in it. */
export class SluiceStack extends Stack {
  readonly controller: Controller;

  constructor(scope: Construct, { context, specs, code, version }: SluiceStackProps) {
    const { account, region, prefix } = context;
    super(scope, prefix, {
      description: 'Sluice: progressive delivery for Amazon EKS',
      env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
    });
    const clusters = distinct([...specs.map(({ spec }) => spec.cluster), ...context.clusters]);
    this.controller = new Controller(this, 'Controller', {
      context,
      names: namesOf(prefix),
      code,
      clusters,
      workspaces: workspacesOf(specs, context.workspaces),
      repositories: distinct([...specs.map(({ spec }) => spec.image.repository), ...context.repositories]),
    });
    new Triggers(this, 'Triggers', this.controller);
    new Alerts(this, 'Alerts', this.controller);
    if (context.webhook) new Webhook(this, 'Webhook', this.controller);
    const access = context.accessEntries
      ? new ClusterAccess(this, 'ClusterAccess', { prefix, clusters, roles: clusterRoles(this.controller) })
      : undefined;
    this.controller.makeStoreAfter(access === undefined ? [] : [access]);
    new Observability(this, 'Observability', watched(this.controller, context));
    new DeployedSpecs(this, 'Specs', { controller: this.controller, specs, version });
    new RemovalGuard(this, 'Removal', { controller: this.controller, everything: [...this.node.children] });
  }
}

function clusterRoles({ functions }: Controller): ReadonlyMap<string, Role> {
  return new Map([...functions].filter(([, { setup }]) => setup.cluster).map(([name, { role }]) => [name, role]));
}

function watched({ names, functions, machines, deadLetters, store, key }: Controller, context: SluiceContext): ObservabilityProps {
  return {
    prefix: names.prefix,
    functions: Object.fromEntries([...functions].map(([name, { lambda }]) => [name, lambda])),
    machines: { rollout: machines.rollout.stateMachine, rollback: machines.rollback.stateMachine },
    deadLetterQueue: deadLetters,
    table: store,
    level: context.observability,
    encryptionKey: key,
    ...(context.runbookUrl === undefined ? {} : { runbookUrl: context.runbookUrl }),
  };
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].toSorted();
}
