import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { NotFoundError } from '../../core/errors.ts';
import type { MachineName } from '../../core/ports.ts';
import type { SluiceFunction } from './function.ts';
import type { Names } from './names.ts';

export interface MachineProps {
  readonly machine: MachineName;
  readonly names: Names;
  readonly functions: ReadonlyMap<string, SluiceFunction>;
  readonly logRetentionDays: RetentionDays;
  readonly key: IKey | undefined;
}

/**
 * A state machine from its ASL file, which stays readable in the template. Each `${<State>FunctionArn}` in it becomes the published version
 * of that function, so that a rollout ends with the code it began with (O6); the role may invoke those functions and no other.
 */
export class Machine extends Construct {
  readonly stateMachine: StateMachine;
  readonly logGroup: LogGroup;
  /** The functions that its states invoke, by name. */
  readonly invokes: readonly string[];

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    const { machine, names, key } = props;
    const text = readFileSync(fileURLToPath(new URL(`../../state-machines/${machine}.asl.json`, import.meta.url)), 'utf8');
    this.invokes = [...new Set([...text.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, name]) => name ?? ''))];
    const invoked = this.invokes.map((name) => [name, functionFor(name, machine, props.functions)] as const);
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: names.machineLogs(machine),
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What the ${machine} machine of ${names.prefix} may do.`,
      inlinePolicies: {
        Sluice: new PolicyDocument({
          statements: statements(
            invoked.map(([, { lambda }]) => lambda.functionArn),
            key,
          ),
        }),
      },
    });
    this.stateMachine = new StateMachine(this, 'Machine', {
      stateMachineName: names.machine(machine),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(text),
      definitionSubstitutions: Object.fromEntries(invoked.map(([name, { version }]) => [`${name}FunctionArn`, version.functionArn])),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: { destination: this.logGroup, level: LogLevel.ALL, includeExecutionData: false },
      ...(key === undefined ? {} : { encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key, Duration.minutes(5)) }),
    });
  }
}

function functionFor(name: string, machine: MachineName, functions: ReadonlyMap<string, SluiceFunction>): SluiceFunction {
  const found = functions.get(name);
  if (found !== undefined) return found;
  throw new NotFoundError(`state-machines/${machine}.asl.json invokes \${${name}FunctionArn}, and there is no function ${name}.`, {
    remedy: 'Add its line to stacks/functions.ts.',
  });
}

function statements(functionArns: readonly string[], key: IKey | undefined): PolicyStatement[] {
  return [
    // A rollout that began before an upgrade invokes the version that it began with, which this template no longer names.
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functionArns.flatMap((arn) => [arn, `${arn}:*`]) }),
    new PolicyStatement({ actions: tracing, resources: ['*'] }),
    new PolicyStatement({ actions: logDelivery, resources: ['*'] }),
    ...(key === undefined ? [] : [new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] })]),
  ];
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const tracing = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
