import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod/mini';
import { ClusterAccess } from '../../stacks/cluster-access/cluster-access.ts';
import { addSluiceRbac, rbacManifests, rootNamespaceManifests } from '../../stacks/cluster-access/rbac.ts';

const file = readFileSync(new URL('../../stacks/cluster-access/rbac.yaml', import.meta.url), 'utf8');
const inFile = parseAllDocuments(file).map((document) => z.looseObject({ metadata: z.looseObject({}) }).parse(document.toJS()));

function stackOf(make: (stack: Stack) => void): Template {
  const stack = new Stack(new App(), 'sluice', { env: { account: '111122223333', region: 'eu-west-1' } });
  make(stack);
  return Template.fromStack(stack);
}

describe('access entries', () => {
  const template = stackOf((stack) => {
    const names = ['SetWeight', 'Abort'];
    const roles = new Map(
      names.map((name) => [name, new Role(stack, name, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })] as const),
    );
    new ClusterAccess(stack, 'ClusterAccess', { prefix: 'sluice', clusters: ['shop', 'shop-test'], roles });
  });

  it('there is one for each role in each cluster', () => {
    const entries = Object.values(template.findResources('AWS::EKS::AccessEntry')).map(({ Properties }) => Properties as object);
    expect(entries).toHaveLength(4);
    expect(new Set(entries.map((entry) => JSON.stringify(entry))).size).toBe(4);
  });

  it('puts the role into the group, and gives it nothing by itself', () => {
    template.allResourcesProperties('AWS::EKS::AccessEntry', {
      ClusterName: Match.stringLikeRegexp('^shop(-test)?$'),
      PrincipalArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] },
      KubernetesGroups: ['sluice'],
      Type: 'STANDARD',
      AccessPolicies: Match.absent(),
      Username: Match.absent(),
    });
  });

  it('waits until its role is known everywhere, since EKS refuses a principal that it cannot find', () => {
    for (const { Properties, DependsOn } of Object.values(template.findResources('AWS::EKS::AccessEntry'))) {
      expect(DependsOn).toEqual([Properties.PrincipalArn['Fn::GetAtt'][0]]);
    }
  });
});

describe('the manifests', () => {
  it('for one namespace are those of the file that kubectl applies there', () => {
    const applied = inFile.map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, namespace: 'shop' } }));
    expect(rbacManifests(['shop'])).toEqual(applied);
  });

  it('name no namespace in the file, so that `kubectl apply -n` does', () => {
    expect(inFile.map(({ metadata }) => metadata['namespace'])).toEqual([undefined, undefined]);
  });

  it('are of one namespace each, and none of the whole cluster', () => {
    const kinds = rbacManifests(['shop', 'pay']).map(({ kind, metadata }) => `${kind} ${String(metadata['namespace'])}`);
    expect(kinds).toEqual(['Role shop', 'RoleBinding shop', 'Role pay', 'RoleBinding pay']);
  });

  it('of another prefix are named by it, and bound to its group', () => {
    const [role, binding] = rbacManifests(['shop'], 'sluice-test');
    expect(role?.metadata.name).toBe('sluice-test');
    expect(binding).toMatchObject({
      metadata: { name: 'sluice-test' },
      roleRef: { kind: 'Role', name: 'sluice-test' },
      subjects: [{ kind: 'Group', name: 'sluice-test' }],
    });
  });

  it('for the root namespace of Istio only read, are of that namespace, and go by the same group', () => {
    const [role, binding, ...more] = rootNamespaceManifests('sluice-test');
    expect(more).toEqual([]);
    expect(role).toMatchObject({
      kind: 'Role',
      metadata: { name: 'sluice-test-root-namespace', namespace: 'istio-system' },
      rules: [{ verbs: ['get'], resourceNames: ['istio'] }, { verbs: ['list'] }],
    });
    expect(binding).toMatchObject({
      metadata: { name: 'sluice-test-root-namespace', namespace: 'istio-system' },
      roleRef: { kind: 'Role', name: 'sluice-test-root-namespace' },
      subjects: [{ kind: 'Group', name: 'sluice-test' }],
    });
  });

  it('are added to a cluster that the CDK knows', () => {
    const template = stackOf((stack) => {
      const serviceToken = 'arn:aws:lambda:eu-west-1:111122223333:function:kubectl';
      const kubectlProvider = KubectlProvider.fromKubectlProviderAttributes(stack, 'Kubectl', { serviceToken });
      addSluiceRbac(Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', kubectlProvider, prune: false }), [
        'shop',
        'pay',
      ]);
    });
    const applied = Object.values(template.findResources('Custom::AWSCDK-EKS-KubernetesResource')).map(({ Properties }) =>
      JSON.parse(Properties.Manifest),
    );
    expect(applied).toEqual([rbacManifests(['shop']), rbacManifests(['pay'])]);
  });
});
