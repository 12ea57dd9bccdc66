import type { RequestAttributes } from '../../sandbox/kubernetes/access.ts';
import { covers, type Grant } from './iam.ts';
import type { Needed } from './needed-permissions.ts';

/** One permission that a function needed, for a request that it made to AWS. */
export interface AwsCall extends Needed {
  readonly function: string;
}

/** One request that a function made to the API of the cluster. */
export interface ClusterCall extends RequestAttributes {
  readonly function: string;
}

/** What each function may do in AWS, by its name. */
export type Roles = ReadonlyMap<string, readonly Grant[]>;

/** What the functions asked of AWS and of the cluster, each kind of request once, and what they were refused. */
export class Ledger {
  readonly #aws = new Map<string, AwsCall>();
  readonly #cluster = new Map<string, ClusterCall>();
  readonly refusals: string[] = [];

  get aws(): readonly AwsCall[] {
    return [...this.#aws.values()];
  }

  get cluster(): readonly ClusterCall[] {
    return [...this.#cluster.values()];
  }

  /** Notes a request, and whether it was allowed. Names of executions and objects are left out of what counts as the same. */
  noteAws(call: AwsCall, allowed: boolean): void {
    this.#aws.set(`${call.function} ${call.action} ${call.resource.replace(/(:execution:[^:]+:).*/, '$1')}`, call);
    if (!allowed) this.refusals.push(awsText(call));
  }

  noteCluster(call: ClusterCall, allowed: boolean): void {
    const { function: caller, verb, group, resource, subresource, namespace } = call;
    this.#cluster.set([caller, verb, group, resource, subresource, namespace].join(' '), call);
    if (!allowed) this.refusals.push(clusterText(call));
  }
}

/** What was asked and the roles do not allow, as sentences. */
export function notAllowed(calls: readonly AwsCall[], roles: Roles): string[] {
  return calls.filter((call) => !(roles.get(call.function) ?? []).some((grant) => covers(grant, call))).map(awsText);
}

/** What the roles allow and nobody asked, as sentences. */
export function notUsed(calls: readonly AwsCall[], roles: Roles): string[] {
  return [...roles].flatMap(([name, grants]) => {
    const own = calls.filter((call) => call.function === name);
    return grants
      .filter((grant) => !own.some((call) => covers(grant, call)))
      .map(({ action, resource }) => `${name} may ${action} on ${resource}, and never does`);
  });
}

function awsText({ function: caller, action, resource }: AwsCall): string {
  return `${caller} does ${action} on ${resource}, and its role does not allow it`;
}

function clusterText({ function: caller, verb, group, resource, subresource, namespace, name }: ClusterCall): string {
  const path = `${group === '' ? '' : `${group}/`}${resource}${subresource === '' ? '' : `/${subresource}`}`;
  return `${caller} does ${verb} ${path} ${namespace}/${name}, and the Role does not allow it`;
}
