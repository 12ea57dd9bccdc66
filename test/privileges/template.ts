import * as z from 'zod/mini';
import { account } from './needed-permissions.ts';
import { createResolver, type Resources, resourceShape } from './template-resolver.ts';

/** One action that a policy of the template lets, or forbids, somebody do to one resource. */
export interface TemplatePermission {
  /** A function by its name in AWS, or `machine …`, `rule …`; in a resource's policy the principal; else the role's logical id. */
  readonly who: string;
  readonly effect: 'Allow' | 'Deny';
  readonly action: string;
  readonly resource: string;
  /** As JSON, with its references resolved; empty where there is none. */
  readonly condition: string;
}

const oneOrMany = <T extends z.ZodMiniType>(one: T) =>
  z.union([
    z.array(one),
    z.pipe(
      one,
      z.transform((value) => [value]),
    ),
  ]);
const statement = z.strictObject({
  Sid: z.optional(z.string()),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.optional(z.unknown()),
  Action: oneOrMany(z.string()),
  Resource: oneOrMany(z.string()),
  Condition: z.optional(z.unknown()),
});
const policy = z.looseObject({ Statement: z.array(statement) });
const roleShape = z.looseObject({
  ManagedPolicyArns: z._default(z.array(z.string()), []),
  Policies: z._default(z.array(z.looseObject({ PolicyDocument: policy })), []),
});
const resourcePolicy = z.looseObject({ PolicyDocument: policy });
const invocation = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.optional(z.string()),
  SourceAccount: z.optional(z.string()),
  FunctionUrlAuthType: z.optional(z.string()),
  InvokedViaFunctionUrl: z.optional(z.boolean()),
});

/** Kinds of resources that say who may do what, and of which a template of Sluice has none. */
const notRead = [
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::User',
  'AWS::IAM::Group',
  'AWS::KMS::Key',
  'AWS::S3::BucketPolicy',
];

/**
 * Everything that the template says about who may do what: each role's policies, and each resource's own. References are resolved
 * to what they will be in the account and region of these tests.
 *
 * @throws Error for a way of giving rights that is not read here: a test that overlooks one proves nothing.
 */
export function permissionsIn(template: unknown): TemplatePermission[] {
  const resources = z.object({ Resources: z.record(z.string(), resourceShape) }).parse(template).Resources;
  const resolve = createResolver(resources);
  const holders = holdersOf(resources, resolve);
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    if (notRead.includes(Type) || /Policy$/.test(Type) !== ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].includes(Type)) {
      throw new Error(`${id} is of the type ${Type}, whose permissions are not read.`);
    }
    const properties = resolve(Properties);
    if (Type === 'AWS::IAM::Role') {
      const { ManagedPolicyArns, Policies } = roleShape.parse(properties);
      if (ManagedPolicyArns.length > 0) throw new Error(`${id} has managed policies, which are not read.`);
      return Policies.flatMap(({ PolicyDocument }) => flatten(PolicyDocument, () => holders.get(id) ?? id));
    }
    if (/Policy$/.test(Type)) {
      return flatten(resourcePolicy.parse(properties).PolicyDocument, ({ Principal }) => JSON.stringify(Principal));
    }
    return Type === 'AWS::Lambda::Permission' ? [invocationOf(properties)] : [];
  });
}

/** As it is written in tables and failures. */
export function permissionText({ who, effect, action, resource, condition }: TemplatePermission): string {
  const when = condition === '' ? '' : ` where ${condition}`;
  return `${who} ${effect === 'Allow' ? 'may' : 'must not'} ${action} on ${resource}${when}`;
}

function flatten({ Statement }: z.infer<typeof policy>, whoOf: (of: z.infer<typeof statement>) => string): TemplatePermission[] {
  return Statement.flatMap((each) =>
    each.Action.flatMap((action) =>
      each.Resource.map((resource) => ({
        who: whoOf(each),
        effect: each.Effect,
        action,
        resource,
        condition: each.Condition === undefined ? '' : JSON.stringify(each.Condition),
      })),
    ),
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
function invocationOf(properties: unknown): TemplatePermission {
  const { Action: action, FunctionName: resource, Principal: who, ...condition } = invocation.parse(properties);
  return { who, effect: 'Allow', action, resource, condition: JSON.stringify(condition) };
}

/** Whose each role is, by the role's logical id. */
function holdersOf(resources: Resources, resolve: (value: unknown) => unknown): ReadonlyMap<string, string> {
  const holder = z.union([
    z.object({ FunctionName: z.string(), Role: z.string() }),
    z.object({ StateMachineName: z.string(), RoleArn: z.string() }),
    z.object({ Name: z.string(), Targets: z.array(z.object({ RoleArn: z.optional(z.string()) })) }),
  ]);
  const byArn = new Map<string, string>();
  for (const { Properties } of Object.values(resources)) {
    const parsed = holder.safeParse(resolve(Properties));
    if (!parsed.success) continue;
    if ('Role' in parsed.data) byArn.set(parsed.data.Role, parsed.data.FunctionName);
    else if ('RoleArn' in parsed.data) byArn.set(parsed.data.RoleArn, `machine ${parsed.data.StateMachineName}`);
    else for (const { RoleArn } of parsed.data.Targets) if (RoleArn !== undefined) byArn.set(RoleArn, `rule ${parsed.data.Name}`);
  }
  const roles = Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::IAM::Role');
  return new Map(
    roles.flatMap((id) => {
      const who = byArn.get(`arn:aws:iam::${account}:role/${id}`);
      return who === undefined ? [] : [[id, who] as const];
    }),
  );
}
