import * as z from 'zod/mini';
import { InvalidInputError } from '../../core/errors.ts';
import type { Caller, RequestAttributes } from './access.ts';

const names = z.array(z.string());

/** One rule of a Role: all that its verbs, groups and resources combine to. */
export const policyRule = z.strictObject({
  apiGroups: names,
  resources: names,
  verbs: names,
  resourceNames: z.optional(names),
});
export type PolicyRule = z.infer<typeof policyRule>;

const apiVersion = z.literal('rbac.authorization.k8s.io/v1');
const metadata = z.looseObject({ name: z.string(), namespace: z.optional(z.string()) });

const role = z.strictObject({ apiVersion, kind: z.literal('Role'), metadata, rules: z.array(policyRule) });
const roleBinding = z.strictObject({
  apiVersion,
  kind: z.literal('RoleBinding'),
  metadata,
  subjects: z.array(
    z.strictObject({ apiGroup: z.literal('rbac.authorization.k8s.io'), kind: z.enum(['Group', 'User']), name: z.string() }),
  ),
  roleRef: z.strictObject({ apiGroup: z.literal('rbac.authorization.k8s.io'), kind: z.literal('Role'), name: z.string() }),
});

export interface Rbac {
  /** Each rule that a binding gives to the caller in the namespace and that allows the request. */
  allowing(caller: Caller, request: RequestAttributes): PolicyRule[];
}

/**
 * RBAC as kube-apiserver decides it, for Roles and RoleBindings that were applied with `kubectl apply -n` in each of the namespaces.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 * @throws InvalidInputError for other kinds, and for a binding to a Role that is not among the manifests.
 */
export function createRbac(manifests: readonly unknown[], namespaces: readonly string[]): Rbac {
  const roles = new Map<string, readonly PolicyRule[]>();
  const bindings: z.infer<typeof roleBinding>[] = [];
  for (const manifest of manifests) {
    const parsed = z.discriminatedUnion('kind', [role, roleBinding]).safeParse(manifest);
    if (!parsed.success) throw refused(z.prettifyError(parsed.error));
    if (parsed.data.kind === 'Role') roles.set(parsed.data.metadata.name, parsed.data.rules);
    else bindings.push(parsed.data);
  }
  for (const { metadata, roleRef } of bindings) {
    if (!roles.has(roleRef.name)) throw refused(`RoleBinding ${metadata.name} names the Role ${roleRef.name}, which is not there.`);
  }
  return {
    allowing: (caller, request) =>
      bindings
        .filter(({ metadata }) => (metadata.namespace === undefined ? namespaces : [metadata.namespace]).includes(request.namespace))
        .filter(({ subjects }) =>
          subjects.some(({ kind, name }) => (kind === 'Group' ? caller.groups.includes(name) : caller.user === name)),
        )
        .flatMap(({ roleRef }) => roles.get(roleRef.name) ?? [])
        .filter((rule) => allows(rule, request)),
  };
}

function allows({ apiGroups, resources, verbs, resourceNames }: PolicyRule, request: RequestAttributes): boolean {
  const { verb, group, resource, subresource, name } = request;
  const wanted = subresource === '' ? resource : `${resource}/${subresource}`;
  const covers = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);
  const named = resourceNames === undefined || resourceNames.length === 0 || resourceNames.includes(name);
  return covers(verbs, verb) && covers(apiGroups, group) && covers(resources, wanted) && named;
}

function refused(message: string): InvalidInputError {
  return new InvalidInputError(`The RBAC manifests cannot be applied: ${message}`, { remedy: 'Mend the manifests.' });
}
