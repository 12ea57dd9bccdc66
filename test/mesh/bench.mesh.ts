import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { signToken } from '../../adapters/eks/token.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus.ts';
import type { ResourceRef } from '../../core/ports.ts';
import { RawApi } from './bench/api/raw-api.ts';
import { attachBench, hasBenchOrSays } from './bench/attach.ts';
import { countVersions, type MeshRequest, meshRequest } from './bench/request.ts';
import { openGrpcStream, openTcp, openWebSocket } from './bench/streams.ts';
import { routes, tcpPort, tcpService, workloads } from './bench/two-versions.ts';
import type { Bench, FreshNamespace } from './bench/types.ts';
import { until } from './bench/until.ts';

const isOnBench = hasBenchOrSays('this is about the bench itself, with its webhook for tokens.');

describe.runIf(isOnBench)('the bench', () => {
  let bench: Bench;
  let namespace: FreshNamespace;
  let host: string;
  let image: string;
  const ref = (apiVersion: string, resource: string, name = 'web'): ResourceRef => {
    return { apiVersion, resource, namespace: namespace.name, name };
  };
  const virtualService = () => ref('networking.istio.io/v1', 'virtualservices');
  const doors = (): readonly (readonly [string, MeshRequest])[] => [
    [bench.gatewayUrl, { host }],
    [bench.gatewayApiUrl, { host }],
    [bench.meshUrl, { host: `web.${namespace.name}` }],
  ];
  const setWeight = async (weight: number) => {
    const written = await Promise.all([
      bench.admin.write({
        jsonPatch: virtualService(),
        operations: [100 - weight, weight].map((value, index) => ({ op: 'replace', path: `/spec/http/0/route/${index}/weight`, value })),
      }),
      bench.admin.write({
        jsonPatch: ref('gateway.networking.k8s.io/v1', 'httproutes'),
        operations: [100 - weight, weight].map((value, index) => ({
          op: 'replace',
          path: `/spec/rules/0/backendRefs/${index}/weight`,
          value,
        })),
      }),
    ]);
    expect(written).toMatchObject([{ status: 'written' }, { status: 'written' }]);
  };
  const untilAllAnswer = (version: string) =>
    until(async () => {
      const counts = await Promise.all(doors().map(([url, request]) => countVersions(url, request, 20)));
      return counts.every((count) => count[version] === 20);
    });

  beforeAll(async () => {
    bench = await attachBench();
    namespace = await bench.freshNamespace('bench');
    host = `${namespace.name}.example.com`;
    image = `registry.example.com/${namespace.name}/web`;
    await namespace.apply([...workloads(image), tcpService, ...routes(host, bench)]);
    await untilAllAnswer('v1');
  });
  afterAll(async () => {
    await namespace?.remove();
    await bench?.detach();
  });

  it('leads requests through the gateways and the sidecar as the weights say', async () => {
    await setWeight(100);
    await untilAllAnswer('v2');
    await setWeight(20);
    await until(async () => {
      const counts = await Promise.all(doors().map(([url, request]) => countVersions(url, request, 20)));
      return counts.every((count) => (count['v1'] ?? 0) > 0);
    });
    for (const [url, request] of doors()) {
      const counts = await countVersions(url, request, 1000);
      // Binomial with n = 1000 and p = 0.2: its standard deviation is 12.6, five of which are beyond chance.
      expect(counts['v2'], url).toBeGreaterThan(200 - 64);
      expect(counts['v2'], url).toBeLessThan(200 + 64);
      expect((counts['v1'] ?? 0) + (counts['v2'] ?? 0), url).toBe(1000);
    }
  });

  it('makes pods behave as their image is told, and has Prometheus count their answers', async () => {
    await setWeight(100);
    await bench.behave(`${image}:v2`, { service: { errorShare: 1, errorStatus: 503 } });
    await untilAllCount('503', 20);
    const prometheus = createPrometheus({ url: bench.prometheusUrl, clock: systemClock });
    const service = `destination_service_name="web-canary",destination_service_namespace="${namespace.name}",reporter="source"`;
    const queries = [
      { name: 'errors', query: `sum(istio_requests_total{${service},response_code="503"})` },
      { name: 'latency', query: `sum(istio_request_duration_milliseconds_bucket{${service},le="+Inf"})` },
    ];
    await until(async () => {
      const [errors, latency] = await prometheus.measure(queries);
      return errors?.status === 'value' && errors.value >= 60 && latency?.status === 'value' && latency.value >= 60;
    });
    await bench.behave(`${image}:v2`, {});
    await untilAllAnswer('v2');
  });
  const untilAllCount = (key: string, requests: number) =>
    until(async () => {
      const counts = await Promise.all(doors().map(([url, request]) => countVersions(url, request, requests)));
      return counts.every((count) => count[key] === requests);
    });

  it('replaces pods in a rolling update without a failed request', async () => {
    await setWeight(0);
    await untilAllAnswer('v1');
    const restart = { spec: { template: { metadata: { annotations: { restarted: 'now' } } } } };
    await bench.admin.write({ mergePatch: ref('apps/v1', 'deployments'), patch: restart });
    let rolledOut = false;
    const rollout = until(async () => {
      const deployment = await bench.admin.read(ref('apps/v1', 'deployments'));
      const { observedGeneration, ...status } = Object(deployment?.['status']) as Record<string, number>;
      const isSeen = observedGeneration === deployment?.metadata.generation;
      return isSeen && status['updatedReplicas'] === 2 && status['readyReplicas'] === 2 && status['replicas'] === 2;
    }).then(() => {
      rolledOut = true;
    });
    while (!rolledOut) expect(await countVersions(bench.gatewayUrl, { host }, 50)).toEqual({ v1: 50 });
    await rollout;
  });

  it('carries WebSockets, gRPC streams and TCP', async () => {
    const [gateway, mesh] = [new URL(bench.gatewayUrl), new URL(bench.meshUrl)];
    const streams = await Promise.all([
      openWebSocket(gateway.href, { host }),
      openWebSocket(mesh.href, { host: `web.${namespace.name}` }),
      openGrpcStream(`http://${mesh.hostname}:9090`, { host: `web-canary.${namespace.name}:9090` }),
      openTcp(mesh.hostname, tcpPort),
    ]);
    expect(streams.map(({ version }) => version)).toEqual(['v1', 'v1', 'v2', 'v2']);
    for (const stream of streams) {
      expect(await stream.echo('a text')).toBe('a text');
      stream.close();
    }
  });

  it('mirrors requests, and tells how many of them came', async () => {
    const before = await bench.received(`${image}:v2`);
    const mirrors = [{ destination: { host: 'web-canary' }, percentage: { value: 100 } }];
    await bench.admin.write({ jsonPatch: virtualService(), operations: [{ op: 'add', path: '/spec/http/0/mirrors', value: mirrors }] });
    await until(async () => {
      await meshRequest(bench.gatewayUrl, { host });
      return (await bench.received(`${image}:v2`)).mirrored > before.mirrored;
    });
    expect(await countVersions(bench.gatewayUrl, { host }, 20)).toEqual({ v1: 20 });
    await bench.admin.write({ jsonPatch: virtualService(), operations: [{ op: 'remove', path: '/spec/http/0/mirrors' }] });
    expect((await bench.received(`${image}:v2`)).requests).toBe(before.requests);
  });

  it('ends a pod only when its users are done with it', async () => {
    const pods = { apiVersion: 'v1', resource: 'pods', namespace: namespace.name };
    const stream = await openWebSocket(bench.gatewayUrl, { host });
    const before = await bench.admin.list(pods, 'side=stable');
    for (const { metadata } of before) await bench.admin.remove({ ...pods, name: metadata.name }, { uid: String(metadata.uid) });
    await until(async () => {
      const list = await bench.admin.list(pods, 'side=stable');
      // Two new ones, and the old one that has the stream.
      return list.length === 3;
    });
    expect(await stream.echo('still here')).toBe('still here');
    stream.close();
    await until(async () => (await bench.admin.list(pods, 'side=stable')).length === 2);
    await untilAllAnswer('v1');
  });

  it.each([
    ['of another cluster', { clusterName: 'another' }, 401],
    ['of another key', { credentials: { accessKeyId: 'AKIDMESHBENCH', secretAccessKey: 'guessed' } }, 401],
    ['that expired', { signedAtMs: Date.now() - 16 * 60_000 }, 401],
    ['that is good', {}, 200],
  ])('answers a token of Sluice %s as EKS would', async (_, change, status) => {
    const { clusterEndpoint, region, credentials } = bench;
    const token = await signToken({ clusterName: clusterEndpoint.name, region, credentials, signedAtMs: Date.now(), ...change });
    const api = new RawApi({ url: bench.apiUrl, ca: bench.certificateAuthority, token });
    const answer = await api.ask('GET', `/apis/apps/v1/namespaces/${namespace.name}/deployments/web`);
    api.close();
    expect(answer.status).toBe(status);
  });

  it('tells the memory of each part that runs', async () => {
    const memory = await bench.memory();
    const { 'gateway-agent': _, ...parts } = bench.processes;
    expect(Object.keys(memory).toSorted()).toEqual(Object.keys(parts).toSorted());
    expect(Math.min(...Object.values(memory))).toBeGreaterThan(5_000_000);
  });

  it.each(['gateway', 'sidecar', 'istiod', 'kube-apiserver', 'kube-controller-manager', 'kubelet', 'prometheus', 'etcd'] as const)(
    'goes on after %s was killed and started anew',
    async (name) => {
      const part = bench.processes[name];
      const before = await part.pid();
      await part.kill();
      expect(await part.pid()).toBeUndefined();
      await part.start();
      expect(await part.pid()).not.toBe(before);
      const [from, to] = (await meshRequest(bench.gatewayUrl, { host })).version === 'v1' ? [100, 'v2'] : [0, 'v1'];
      await until(async () => {
        await setWeight(Number(from));
        return true;
      });
      await untilAllAnswer(String(to));
    },
  );

  it('is silent while a part is stopped, and goes on where it was', async () => {
    await bench.processes['kube-apiserver'].stop();
    await expect(bench.sluice.read(virtualService())).rejects.toMatchObject({ name: 'ClusterUnavailableError' });
    await bench.processes['kube-apiserver'].cont();
    expect(await bench.sluice.read(virtualService())).toBeDefined();
  });
});
