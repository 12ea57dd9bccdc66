import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/clock.ts';
import { createClusterAccess, EKSClient } from '../../../adapters/eks/cluster.ts';
import { createEcrRegistry, ECRClient } from '../../../adapters/images/ecr.ts';
import { NotFoundError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { Ecr } from '../../../sandbox/ecr.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { type SandboxKubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';
import { startAwsStub } from './aws-stub.ts';

const region = 'eu-west-1';
const credentials = async () => ({ accessKeyId: '000000000000', secretAccessKey: 'localstack' });
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** The functions' own adapters, as AWS_ENDPOINT_URL_EKS and AWS_ENDPOINT_URL_ECR lead them. */
async function setUp() {
  const stub = await startAwsStub();
  closing.push(stub.close);
  const { AWS_ENDPOINT_URL_EKS: eksUrl = '', AWS_ENDPOINT_URL_ECR: ecrUrl = '' } = stub.variables('127.0.0.1');
  const eks = new EKSClient({ region, credentials, endpoint: eksUrl });
  const clusters = createClusterAccess({ eks, region, credentials, clock: systemClock });
  const images = createEcrRegistry(() => new ECRClient({ region, credentials, endpoint: ecrUrl, maxAttempts: 1 }));
  return { stub, clusters, images };
}

async function startSandbox(): Promise<{ kubernetes: SandboxKubernetes; ecr: Ecr }> {
  const clock = new VirtualClock();
  const startPod = async () => ({ address: '127.0.0.1' as const, port: 1 });
  const kubernetes = await startKubernetes({ clock, startPod, stopPod: async () => undefined });
  closing.push(() => kubernetes.close());
  return { kubernetes, ecr: new Ecr({ clock, bus: new EventBus({ clock }) }) };
}

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name },
  spec: { ports: [{ port: 80 }] },
});
const services = { apiVersion: 'v1', resource: 'services', namespace: 'shop' };
const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout';

describe('EKS', () => {
  it('describes a cluster, whose API is then found behind TLS', async () => {
    const { stub, clusters } = await setUp();
    const { kubernetes, ecr } = await startSandbox();
    kubernetes.apply(configMap('checkout'));
    await stub.add({ name: 'shop', kubernetesUrl: kubernetes.url, images: ecr });

    const endpoint = await clusters.find('shop');
    expect(endpoint.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const found = await clusters.open(endpoint).list(services, '');
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['checkout']);
  });

  it('keeps several sandboxes apart by the names of their clusters', async () => {
    const { stub, clusters } = await setUp();
    for (const name of ['one', 'two']) {
      const { kubernetes, ecr } = await startSandbox();
      kubernetes.apply(configMap(`service-of-${name}`));
      await stub.add({ name, kubernetesUrl: kubernetes.url, images: ecr });
    }
    for (const name of ['one', 'two']) {
      const found = await clusters.open(await clusters.find(name)).list(services, '');
      expect(found.map(({ metadata }) => metadata.name)).toEqual([`service-of-${name}`]);
    }
  });

  it('does not know a cluster before it was added, nor after it was taken away', async () => {
    const { stub, clusters } = await setUp();
    const { kubernetes, ecr } = await startSandbox();
    await expect(clusters.find('shop')).rejects.toThrow(NotFoundError);
    const end = await stub.add({ name: 'shop', kubernetesUrl: kubernetes.url, images: ecr });
    await clusters.find('shop');
    await end();
    await expect(clusters.find('shop')).rejects.toThrow(NotFoundError);
  });
});

describe('ECR', () => {
  it('finds an image by tag and by digest', async () => {
    const { stub, images } = await setUp();
    const { kubernetes, ecr } = await startSandbox();
    await stub.add({ name: 'shop', kubernetesUrl: kubernetes.url, images: ecr });
    const pushed = ecr.push({ repository, tag: 'v2' });
    expect(await images.resolve(repository, 'v2')).toEqual(pushed);
    expect(await images.resolve(repository, pushed.digest)).toEqual(pushed);
  });

  it('lists what was pushed, over more than one page', async () => {
    const { stub, images } = await setUp();
    const { kubernetes, ecr } = await startSandbox();
    await stub.add({ name: 'shop', kubernetesUrl: kubernetes.url, images: ecr });
    for (let push = 1; push <= 1_001; push += 1) ecr.push({ repository, tag: `v${push}` });
    const found = await images.pushedSince(repository, 0);
    expect(new Set(found.map(({ tags }) => tags[0])).size).toBe(1_001);
  });

  it('asks each sandbox for the image, and has none that none of them has', async () => {
    const { stub, images } = await setUp();
    for (const name of ['one', 'two']) {
      const { kubernetes, ecr } = await startSandbox();
      ecr.push({ repository: `shop/${name}`, tag: 'v1' });
      await stub.add({ name, kubernetesUrl: kubernetes.url, images: ecr });
    }
    const of = (name: string) => repository.replace('checkout', name);
    expect((await images.resolve(of('two'), 'v1')).tags).toEqual(['v1']);
    await expect(images.resolve(of('two'), 'v2')).rejects.toThrow(NotFoundError);
    expect(await images.pushedSince(of('three'), 0)).toEqual([]);
  });

  it('is down where the sandbox says so', async () => {
    const { stub, images } = await setUp();
    const { kubernetes, ecr } = await startSandbox();
    await stub.add({ name: 'shop', kubernetesUrl: kubernetes.url, images: ecr });
    ecr.down = true;
    await expect(images.resolve(repository, 'v1')).rejects.toMatchObject({ name: 'AwsUnavailableError' });
  });
});

it('refuses any other operation by its name', async () => {
  const { stub } = await setUp();
  const answer = await fetch(`http://127.0.0.1:${stub.port}/clusters`, { method: 'POST' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('POST /clusters');
});
