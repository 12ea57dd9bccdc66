import type { Needed } from './needed-permissions.ts';

/** One statement of a policy, with its Refs and joins resolved. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** As in the policy; undefined where there is none. */
  readonly condition?: unknown;
}

/** One action on one resource pattern, as a statement allows it. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
}

/** All that the statements allow, one by one. @throws Error for what IAM has and this does not: Deny and conditions. */
export function grantsOf(statements: readonly Statement[]): Grant[] {
  return statements.flatMap(({ effect, actions, resources, condition }) => {
    if (effect !== 'Allow' || condition !== undefined) throw new Error('A Deny or a Condition is not evaluated here.');
    return actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
  });
}

/**
 * Whether a grant covers what is needed: `*` stands for any text, `?` for one letter, and letters of actions have no case.
 *
 * @example covers({ action: 'states:DescribeExecution', resource: 'arn:aws:states:eu-west-1:1:execution:sluice-rollout:*' }, needed)
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function covers(grant: Grant, needed: Needed): boolean {
  return matches(grant.action.toLowerCase(), needed.action.toLowerCase()) && matches(grant.resource, needed.resource);
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
