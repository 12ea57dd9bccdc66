import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { buildApp } from '../../stacks/build-app.ts';
import { stubCode } from '../../stacks/controller/bundles.ts';
import type { SluiceStack } from '../../stacks/sluice-stack.ts';

/** A value of a template with its references written as text, so that policies read as they will in the account. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: { readonly [key: string]: Plain };
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string | undefined;
}

export interface Synthesised {
  readonly stack: SluiceStack;
  readonly resources: readonly Resource[];
  of(type: string): readonly Resource[];
}

export const account = '111122223333';
export const region = 'eu-west-1';
/** Where the tests' specs are. */
export const oneSpec = 'test/stacks/rollouts';

const text = z._default(z.union([z.string(), z.array(z.string())]), []);
const template = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z._default(z.record(z.string(), z.unknown()), {}),
      DependsOn: text,
      DeletionPolicy: z.optional(z.string()),
    }),
  ),
});

/** The template that a context makes, with code that does nothing. Takes seconds: once for a file of tests. */
export async function synthesise(context: Readonly<Record<string, unknown>> = {}): Promise<Synthesised> {
  const { stack } = await buildApp(
    { builtinCloudFormationValidation: false, context: { account, region, rolloutsFolder: oneSpec, ...context } },
    stubCode(),
  );
  const { Resources } = template.parse(Template.fromStack(stack).toJSON());
  const resources = Object.entries(Resources).map(([id, { Type, Properties, DependsOn, DeletionPolicy }]) => ({
    id,
    type: Type,
    properties: Object.fromEntries(Object.entries(Properties).map(([name, value]) => [name, plain(value)])),
    dependsOn: [DependsOn].flat(),
    deletionPolicy: DeletionPolicy,
  }));
  return { stack, resources, of: (type) => resources.filter((resource) => resource.type === type) };
}

/** A reference is `<LogicalId>`, an attribute `<LogicalId.Arn>`. */
function plain(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Plain;
  const entries = Object.entries(value);
  const [[key, inner] = ['', undefined]] = entries;
  if (entries.length === 1 && key === 'Ref') return known.get(String(inner)) ?? `<${inner}>`;
  if (entries.length === 1 && key === 'Fn::GetAtt') return `<${[inner].flat().join('.')}>`;
  if (entries.length === 1 && key === 'Fn::Join' && Array.isArray(inner)) return [plain(inner[1])].flat().join(String(inner[0]));
  return Object.fromEntries(entries.map(([name, each]) => [name, plain(each)]));
}

const known = new Map([
  ['AWS::Partition', 'aws'],
  ['AWS::AccountId', account],
  ['AWS::Region', region],
]);

const many = z.pipe(
  z.union([z.string(), z.array(z.string())]),
  z.transform((given) => [given].flat()),
);
const policy = z.object({
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Effect: z.enum(['Allow', 'Deny']), Action: many, Resource: many, Condition: z.optional(z.unknown()) })),
  }),
});

/** What the roles may do: every statement of every one. */
export function statementsOf(roles: readonly Resource[]) {
  return roles
    .flatMap(({ properties }) => z.array(policy).parse(properties['Policies']))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** Every statement of the resource policies: of queues, of topics. */
export function policyOf(policies: readonly Resource[]) {
  return policies.flatMap(({ properties }) => policy.parse(properties).PolicyDocument.Statement);
}
