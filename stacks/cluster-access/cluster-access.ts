import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface ClusterAccessProps {
  /** Of the deployment. It is the name of the group, too: rbac.yaml's is that of the default prefix. */
  readonly prefix: string;
  /** By name, in the account and region of the stack. */
  readonly clusters: readonly string[];
  /** Of every function that speaks to a cluster, by the function's name. */
  readonly roles: ReadonlyMap<string, IRole>;
}

/**
 * Lets the functions into clusters: one EKS access entry for each cluster and role, which puts it into one group and gives it nothing else.
 * What the group may do is said in the cluster, by rbac.yaml; without that, an entry is good for nothing.
 *
 * The cluster's authentication mode has to be API or API_AND_CONFIG_MAP. For one that knows only the ConfigMap aws-auth:
 * docs/decisions/0013-cluster-access.md.
 *
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/create-k8s-group-access-entry.html
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { prefix, clusters, roles }: ClusterAccessProps) {
    super(scope, id);
    for (const clusterName of clusters) {
      const cluster = new Construct(this, clusterName);
      for (const [name, role] of roles) {
        const principalArn = role.roleArn;
        const entry = new CfnAccessEntry(cluster, name, { clusterName, principalArn, kubernetesGroups: [prefix], type: 'STANDARD' });
        // EKS refuses a principal that IAM has not made known everywhere yet; for a mere reference CloudFormation need not wait for that.
        entry.node.addDependency(role);
      }
    }
  }
}
