import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { buildApp } from '../../stacks/build-app.ts';
import { stubCode } from '../../stacks/controller/bundles.ts';
import { functionSetups } from '../../stacks/functions.ts';
import type { Grant } from './iam.ts';
import type { Roles } from './ledger.ts';
import { workspaceArn } from './needed-permissions.ts';
import { permissionsIn, type TemplatePermission } from './template.ts';
import { createResolver, resourceShape } from './template-resolver.ts';

/** What a template says about who may do what. */
export interface Deployed {
  readonly permissions: readonly TemplatePermission[];
  /** What each function may do, by its name; what is bound to a condition is left out. */
  readonly roles: Roles;
  /** The functions whose role has an access entry to the cluster of the scenarios, by name. */
  readonly withEntry: ReadonlySet<string>;
}

export const prefix = 'sluice';

/** The template for the scenarios' cluster and repositories, with every door that there is. */
export async function deploy(context: Readonly<Record<string, unknown>>): Promise<Deployed> {
  const rolloutsFolder = mkdtempSync(join(tmpdir(), 'sluice-no-specs-'));
  try {
    const all = { rolloutsFolder, clusters: ['sandbox'], repositories: ['shop/*'], workspaces: [workspaceArn], webhook: true, ...context };
    const { stack } = await buildApp({ context: all }, stubCode());
    const template: unknown = Template.fromStack(stack).toJSON();
    const permissions = permissionsIn(template);
    return { permissions, roles: rolesIn(permissions), withEntry: entriesIn(template) };
  } finally {
    rmSync(rolloutsFolder, { recursive: true });
  }
}

export function functionNamed(inAws: string): string | undefined {
  return functionSetups.find(({ file }) => inAws === `${prefix}-${file}`)?.name;
}

function rolesIn(permissions: readonly TemplatePermission[]): Roles {
  const roles = new Map<string, Grant[]>();
  for (const { who, effect, action, resource, condition } of permissions) {
    const name = functionNamed(who);
    if (name === undefined || effect !== 'Allow' || condition !== '') continue;
    roles.set(name, [...(roles.get(name) ?? []), { action, resource }]);
  }
  return roles;
}

const entry = z.object({ ClusterName: z.literal('sandbox'), PrincipalArn: z.string(), KubernetesGroups: z.tuple([z.literal(prefix)]) });
const lambda = z.object({ FunctionName: z.string(), Role: z.string() });

function entriesIn(template: unknown): ReadonlySet<string> {
  const resources = z.object({ Resources: z.record(z.string(), resourceShape) }).parse(template).Resources;
  const resolve = createResolver(resources);
  const ofType = (type: string) => Object.values(resources).flatMap(({ Type, Properties }) => (Type === type ? [resolve(Properties)] : []));
  const arns = new Set(ofType('AWS::EKS::AccessEntry').map((properties) => entry.parse(properties).PrincipalArn));
  const functions = ofType('AWS::Lambda::Function').map((properties) => lambda.parse(properties));
  return new Set(functions.flatMap(({ FunctionName, Role }) => (arns.has(Role) ? [functionNamed(FunctionName) ?? FunctionName] : [])));
}
