import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { KubernetesObject } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { ObjectChange, ObjectSource } from '../../../sandbox/traffic/propagated-objects.ts';
import { type ProxyOptions, type RunningProxy, startProxy } from '../../../sandbox/traffic/proxy.ts';
import { type RunningService, type ServiceBehaviour, startService } from '../../../sandbox/traffic/service.ts';

/** A cluster's objects in a map. */
export class FakeSource implements ObjectSource {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #listeners = new Set<(type: ObjectChange, object: KubernetesObject) => void>();

  list(kind: string): KubernetesObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind);
  }

  onChange(listener: (type: ObjectChange, object: KubernetesObject) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  put(object: KubernetesObject): void {
    const key = `${object.kind}/${object.metadata.name}`;
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#objects.set(key, object);
    for (const listener of this.#listeners) listener(type, object);
  }

  remove(kind: string, name: string): void {
    const key = `${kind}/${name}`;
    const object = this.#objects.get(key);
    this.#objects.delete(key);
    if (object !== undefined) for (const listener of this.#listeners) listener('DELETED', object);
  }
}

export function virtualService(...http: readonly unknown[]): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: { hosts: ['checkout'], http },
  };
}

export function splitRule(stable: number, canary: number): unknown {
  return {
    name: 'main',
    route: [
      { destination: { host: 'checkout' }, weight: stable },
      { destination: { host: 'checkout-canary' }, weight: canary },
    ],
  };
}

export interface SliceOptions {
  readonly port: number;
  readonly ready?: boolean;
  readonly name?: string;
  readonly pod?: string;
}

export function endpointSlice(service: string, { port, ready = true, name = `${service}-a`, pod }: SliceOptions): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['127.0.0.1'], conditions: { ready }, ...(pod === undefined ? {} : { targetRef: { kind: 'Pod', name: pod } }) },
    ],
    ports: [{ port }],
  };
}

/** A proxy before one pod of stable and one of the canary, on a clock of their own. */
export interface FakeMesh {
  readonly clock: VirtualClock;
  readonly source: FakeSource;
  readonly stable: RunningService;
  readonly canary: RunningService;
  readonly proxy: RunningProxy;
  ask(request?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface FakeMeshOptions extends Pick<ProxyOptions, 'propagationMs' | 'seed' | 'onStart' | 'onRequest'> {
  readonly stable?: ServiceBehaviour;
  readonly canary?: ServiceBehaviour;
  readonly rules?: readonly unknown[];
}

export async function startFakeMesh(options: FakeMeshOptions = {}): Promise<FakeMesh> {
  const { stable: stableBehaviour = {}, canary: canaryBehaviour = {}, rules = [splitRule(95, 5)], ...proxyOptions } = options;
  const clock = new VirtualClock();
  const source = new FakeSource();
  const stable = await startService({ clock, version: 'v1', behaviour: stableBehaviour });
  const canary = await startService({ clock, version: 'v2', behaviour: canaryBehaviour });
  source.put(virtualService(...rules));
  source.put(endpointSlice('checkout', { port: stable.port }));
  source.put(endpointSlice('checkout-canary', { port: canary.port }));
  const proxy = await startProxy({ clock, source, ...proxyOptions });
  return {
    clock,
    source,
    stable,
    canary,
    proxy,
    ask: (request) => clock.busy(() => ask(proxy.url, { host: 'checkout', ...request })),
    async close() {
      await Promise.all([proxy.close(), stable.close(), canary.close()]);
      clock.stop();
    },
  };
}

export interface AskOptions {
  readonly host?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. */
export function ask(url: string, { host, path = '/', method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = new URL(path, url);
    const allHeaders = { ...headers, ...(host === undefined ? {} : { host }) };
    const request = httpRequest(target, { method, headers: allHeaders, agent: false }, (response) => {
      text(response).then((received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }), reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A strict reader of Prometheus' text format, as far as the proxy uses it: any other line is an error. */
export function parseMetrics(exposition: string): ParsedSample[] {
  const lines = exposition.split('\n').filter((line) => line !== '' && !/^# TYPE [a-z_]+ (counter|histogram)$/.test(line));
  return lines.map((line) => {
    const [, name = '', labels = '', value = ''] = /^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)*)\} ([0-9.]+)$/.exec(line) ?? [];
    if (name === '') throw new SyntaxError(`no sample: ${line}`);
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text] as const);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}
