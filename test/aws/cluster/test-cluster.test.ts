import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type SandboxKubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';
import { namespaceOf, rbacOf, workloadOf } from '../manifests.ts';
import { namesOf } from '../names.ts';
import { specOf } from '../spec.ts';
import { linkByKubeconfig } from './kubeconfig.ts';
import { lookAtService, untilStableReady } from './service.ts';
import { TestCluster } from './test-cluster.ts';

const names = namesOf('sluice-test', 'abc234');
const spec = specOf(names, { cluster: 'shop', repositoryUri: 'registry.example/shop/web' });
const image = 'registry.example/shop/web@sha256:aaaa';

let clock: VirtualClock;
let kubernetes: SandboxKubernetes;
let cwd: string;

beforeEach(async () => {
  clock = new VirtualClock();
  kubernetes = await startKubernetes({
    clock,
    startPod: async () => ({ address: '127.0.0.1', port: 8080 }),
    stopPod: async () => undefined,
  });
  cwd = await mkdtemp(join(tmpdir(), 'sluice-test-aws-'));
});

afterEach(() => kubernetes.close());

async function open(user: object = { token: 'k8s-aws-v1.me' }): Promise<TestCluster> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'shop',
    clusters: [{ name: 'shop', cluster: { server: kubernetes.url } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'me' } }],
  };
  await writeFile(join(cwd, 'kubeconfig'), stringify(config));
  const link = await linkByKubeconfig({ file: 'kubeconfig', context: undefined, environment: {}, cwd, clock });
  const transport: typeof link.transport = (request) => clock.busy(() => link.transport(request));
  return new TestCluster({ ...link, transport }, clock);
}

describe('the cluster of a test, by a kubeconfig', () => {
  it('is given a namespace with a service that becomes ready, and rid of it', async () => {
    const cluster = await open();
    await cluster.assertServesVirtualServices();
    await cluster.createNamespace(namespaceOf(names));
    for (const object of workloadOf(names, { image, port: 8080 })) await cluster.create(object);
    await untilStableReady({ api: cluster.api, clock }, spec, 60, new AbortController().signal);
    const service = lookAtService(cluster.api, spec);
    expect(await service.route()).toEqual({ stable: 100, canary: 0 });
    expect(await service.stableImage()).toBe(image);
    await cluster.removeNamespace(names.namespace);
    await cluster.removeNamespace(names.namespace);
    expect(kubernetes.get({ apiVersion: 'v1', resource: 'namespaces', namespace: '', name: names.namespace })).toBeUndefined();
  });

  it('asks a credential plugin', async () => {
    const answer = JSON.stringify({ kind: 'ExecCredential', status: { token: 'k8s-aws-v1.plugin' } });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', `console.log('${answer}')`] };
    const cluster = await open({ exec });
    await cluster.assertServesVirtualServices();
    await expect(open({ exec: { ...exec, args: ['-e', 'process.exit(1)'] } })).rejects.toThrow('gave no credential');
    await expect(open({})).rejects.toThrow('has no credential that this test knows');
  });

  it('says what the pods say where they do not become ready', async () => {
    const cluster = await open();
    await cluster.createNamespace(namespaceOf(names));
    await expect(untilStableReady({ api: cluster.api, clock }, spec, 5, new AbortController().signal)).rejects.toThrow(
      'After 5 s, 0 of 0 pods of the stable image are ready. There is no Deployment web.',
    );
  });

  it('says who may not', async () => {
    const cluster = await open({ token: 'of somebody else' });
    await expect(cluster.createNamespace(namespaceOf(names))).rejects.toThrow('did not let us create the namespace sluice-test-abc234');
  });

  it('says what is there already, and what kind it does not know', async () => {
    const cluster = await open();
    await cluster.createNamespace(namespaceOf(names));
    const [deployment] = workloadOf(names, { image, port: 8080 });
    if (deployment === undefined) throw new Error('there is no Deployment');
    await cluster.create(deployment);
    await expect(cluster.create(deployment)).rejects.toThrow('Deployment web in sluice-test-abc234 could not be created');
    await expect(cluster.create({ ...deployment, kind: 'Gadget' })).rejects.toThrow('no such namespace or kind');
  });
});

describe('the rights of Sluice in the namespace', () => {
  it('are bound to the group of this deployment', () => {
    const [role, binding] = rbacOf(names);
    expect([role?.kind, role?.metadata.namespace, role?.metadata.name]).toEqual(['Role', names.namespace, names.prefix]);
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      roleRef: { name: names.prefix },
      subjects: [{ kind: 'Group', name: names.prefix }],
    });
  });
});
