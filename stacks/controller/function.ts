import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Alias,
  Architecture,
  type IFunction,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
  type Version,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSetup } from '../functions.ts';
import type { CodeSource } from './bundles.ts';
import { functionRole, type ResourceArns } from './function-role.ts';
import type { Names } from './names.ts';

/** A function that something outside the state machines invokes. */
export interface Door {
  /** How Lambda repeats a call whose answer nobody waits for: a rule's, an alarm's, a topic's. Undefined where the caller waits. */
  readonly asyncCalls: { readonly retryAttempts: number; readonly maxAgeSeconds: number } | undefined;
}

export interface SluiceFunctionProps {
  readonly setup: FunctionSetup;
  readonly names: Names;
  readonly code: CodeSource;
  readonly environment: Readonly<Record<string, string>>;
  readonly resources: ResourceArns;
  readonly functionArn: string;
  readonly logRetentionDays: RetentionDays;
  readonly network: { readonly vpc: IVpc; readonly vpcSubnets: SubnetSelection; readonly securityGroups: ISecurityGroup[] } | undefined;
  readonly key: IKey | undefined;
  readonly deadLetters: IQueue;
  /** Calls at a time that are kept free for it; 0 for none. */
  readonly reservedConcurrency: number;
  /** Undefined for what only state machines and people invoke. */
  readonly door: Door | undefined;
}

/** One Lambda with its role and its logs. */
export class SluiceFunction extends Construct {
  readonly setup: FunctionSetup;
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** Published, and kept by the upgrade that publishes the next one: a machine that runs still invokes it (O6). */
  readonly version: Version;
  /**
   * What events invoke: `live`, which an upgrade moves to the new version in one act. A rule that named the version itself would, in the
   * middle of an upgrade, invoke one that does not let it yet. Only doors have it.
   */
  readonly live: IFunction | undefined;

  constructor(scope: Construct, props: SluiceFunctionProps) {
    super(scope, props.setup.name);
    const { setup, names, key, door } = props;
    this.setup = setup;
    const network = setup.cluster ? props.network : undefined;
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: names.functionLogs(setup.file),
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
    this.role = functionRole(this, {
      setup,
      resources: props.resources,
      functionArn: props.functionArn,
      logGroup: this.logGroup,
      deadLetters: door?.asyncCalls === undefined ? undefined : props.deadLetters,
      inVpc: network !== undefined,
      key,
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: names.function(setup.file),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code(setup.file),
      handler: 'index.handler',
      role: this.role.withoutPolicyUpdates(),
      timeout: Duration.seconds(setup.timeoutSeconds),
      memorySize: setup.memoryMb,
      environment: { ...props.environment },
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Kept when a deployment that made it is rolled back, it would fail the next try: Lambda publishes the same code only once in a row.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
      ...(props.reservedConcurrency === 0 ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(network ?? {}),
    });
    this.version = this.lambda.currentVersion;
    this.live = door === undefined ? undefined : this.addLive(door, props.deadLetters);
  }

  /** Retries are set on the alias: Lambda keeps them by what is called, and a call of the alias does not heed the function's own. */
  private addLive({ asyncCalls }: Door, deadLetters: IQueue): IFunction {
    const alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: this.version as IVersion,
      ...(asyncCalls === undefined
        ? {}
        : {
            retryAttempts: asyncCalls.retryAttempts,
            maxEventAge: Duration.seconds(asyncCalls.maxAgeSeconds),
            onFailure: new SqsDestination(deadLetters),
          }),
    });
    return alias as IFunction;
  }
}
