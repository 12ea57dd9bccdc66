import type { KubernetesObject, ResourceRef } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type SandboxKubernetes, type SandboxKubernetesOptions, startKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';

export interface Answer {
  readonly code: number;
  // The tests look into answers of many shapes.
  readonly body: Record<string, unknown>;
}

export interface ClusterForTests {
  readonly cluster: SandboxKubernetes;
  readonly clock: VirtualClock;
  /** Names of pods in the order in which what stands behind them was started or stopped. */
  readonly started: string[];
  readonly stopped: string[];
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  jsonPatch(path: string, operations: unknown): Promise<Answer>;
  mergePatch(path: string, patch: unknown): Promise<Answer>;
  /** Lets the virtual time run for a while. Otherwise it stands still. */
  pass(ms: number): Promise<void>;
}

/**
 * Runs a test against a new cluster whose virtual time passes only in `pass`, and in what a server waits. Behind its pods
 * stands nothing but a port number.
 */
export async function withCluster(
  test: (cluster: ClusterForTests) => Promise<void>,
  options: Partial<SandboxKubernetesOptions> = {},
): Promise<void> {
  const clock = new VirtualClock();
  const started: string[] = [];
  const stopped: string[] = [];
  const cluster = await startKubernetes({
    clock,
    async startPod(pod) {
      started.push(pod.metadata.name);
      return { address: '127.0.0.1', port: 20_000 + started.length };
    },
    async stopPod(pod) {
      stopped.push(pod.metadata.name);
    },
    ...options,
  });
  const request: ClusterForTests['request'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${cluster.url}${path}`, {
      method,
      headers: { authorization: 'Bearer k8s-aws-v1.test', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { code: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  try {
    await clock.busy(() =>
      test({
        cluster,
        clock,
        started,
        stopped,
        request,
        jsonPatch: (path, operations) => request('PATCH', path, operations, { 'content-type': 'application/json-patch+json' }),
        mergePatch: (path, patch) => request('PATCH', path, patch, { 'content-type': 'application/merge-patch+json' }),
        pass: (ms) => clock.sleepWithin(ms),
      }),
    );
  } finally {
    await cluster.close();
    clock.stop();
  }
}

export const deploymentsPath = '/apis/apps/v1/namespaces/shop/deployments';
export const routesPath = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices';

export function deployment(name: string, spec: Record<string, unknown> = {}, image = 'shop:1'): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'shop', image }] } },
      ...spec,
    },
  };
}

export function service(name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] },
  };
}

export function route(
  weights: readonly (number | string | undefined)[],
  annotations: Record<string, string> = { 'sluice.dev/fence': '1' },
): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'checkout', namespace: 'shop', annotations },
    spec: {
      hosts: ['checkout'],
      http: [
        {
          name: 'main',
          route: weights.map((weight, index) => ({ destination: { host: `side-${index}` }, ...(weight === undefined ? {} : { weight }) })),
        },
      ],
    },
  };
}

export function ref(apiVersion: string, resource: string, name: string): ResourceRef {
  return { apiVersion, resource, namespace: 'shop', name };
}

export const routeRef = ref('networking.istio.io/v1', 'virtualservices', 'checkout');
export const deploymentRef = ref('apps/v1', 'deployments', 'checkout');

/** The weights that a route says. */
export function weightsOf(object: Readonly<Record<string, unknown>> | undefined): unknown[] {
  const { spec } = object as { spec: { http: { route: { weight?: number }[] }[] } };
  return spec.http.flatMap((http) => http.route.map(({ weight }) => weight));
}

export interface MetadataOf {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
}

export function metadataOf(object: Readonly<Record<string, unknown>>): MetadataOf {
  return object['metadata'] as MetadataOf;
}
