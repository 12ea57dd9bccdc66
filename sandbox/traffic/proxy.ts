import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { deliver, type Outcome } from './deliver.ts';
import { answerBriefly } from './forward.ts';
import { IstioMetrics } from './istio-metrics.ts';
import { listenOnLoopback } from './loopback-server.ts';
import { MeshState } from './mesh-state.ts';
import { sendCopy } from './mirror.ts';
import { followObjects, type ObjectSource } from './propagated-objects.ts';
import { type ProxyObserver, type ProxyStats, RequestCounter } from './proxy-stats.ts';
import type { Destination, RequestFacts } from './routes.ts';

export interface ProxyOptions extends ProxyObserver {
  readonly clock: SandboxClock;
  readonly source: ObjectSource;
  /** How long a change of a route or an endpoint takes to arrive; 100 where left out, as Istio's debounce. */
  readonly propagationMs?: number;
  /** Where in each rule's row of choices to begin. The shares do not depend on it. */
  readonly seed?: number;
}

export interface RunningProxy {
  /** Where requests go: the Host header says which service they mean. */
  readonly url: string;
  /** Istio's metrics in Prometheus' text format, on a port of their own. */
  readonly metricsUrl: string;
  stats(): ProxyStats;
  /** Tells a further observer of each request from now on. Returns how to end it. */
  observe(observer: ProxyObserver): () => void;
  close(): Promise<void>;
}

/**
 * The mesh of the sandbox: a reverse proxy that obeys VirtualServices, the subsets of DestinationRules, HTTPRoutes and EndpointSlices, and
 * measures as Istio does. Requests in flight at a change stay where they are. A destination without a ready endpoint is answered 503 by
 * the proxy itself, with the header `x-no-upstream`.
 *
 * It is no outermost request: whoever sends requests counts them as `clock.busy`, those for the metrics too.
 */
export async function startProxy({
  clock,
  source,
  propagationMs = 100,
  seed = 0,
  onStart,
  onRequest,
}: ProxyOptions): Promise<RunningProxy> {
  const mesh = new MeshState(seed);
  const metrics = new IstioMetrics();
  const counter = new RequestCounter();
  counter.observe({ onStart, onRequest });
  const agent = new Agent({ keepAlive: true });

  /** A request to a destination begins; what is returned is told how it ended. */
  const meter = ({ service, subset }: Destination, reporter: 'source' | 'destination') => {
    const startedAtMs = clock.now();
    const told = { destination: service.name, ...(subset === undefined ? {} : { subset }) };
    counter.start({ atMs: startedAtMs, ...told });
    return ({ status, responseFlags, endpoint }: Outcome) => {
      const atMs = clock.now();
      const durationMs = atMs - startedAtMs;
      const { workload, version } = endpoint ?? { workload: undefined, version: undefined };
      metrics.record({ reporter, service, workload, version, status, responseFlags, durationMs });
      counter.finish({ atMs, ...told, status, durationMs });
    };
  };

  const copy = (request: IncomingMessage, mirror: Destination) => {
    const end = meter(mirror, 'destination');
    const endpoint = mesh.locate(mirror);
    if ('responseFlags' in endpoint) end({ ...endpoint, endpoint: undefined });
    else sendCopy({ clock, agent, request, endpoint, onEnd: (outcome) => end({ ...outcome, endpoint }) });
  };

  const take = (request: IncomingMessage, response: ServerResponse) => {
    const choice = mesh.route(hostOf(request), factsOf(request));
    if (choice === undefined) {
      counter.unrouted += 1;
      const nobody = { service: undefined, workload: undefined, version: undefined };
      metrics.record({ reporter: 'source', ...nobody, status: 404, responseFlags: 'NR', durationMs: 0 });
      answerBriefly(response, 404, 'no route');
      return;
    }
    const onEnd = meter(choice.destination, 'source');
    for (const mirror of choice.mirrors) copy(request, mirror);
    void deliver({ clock, agent, request, response, choice, locate: () => mesh.locate(choice.destination), onEnd });
  };

  const traffic = await listenOnLoopback(take);
  const admin = await listenOnLoopback((request, response) => {
    if (request.url === '/stats/prometheus') answerBriefly(response, 200, metrics.text());
    else answerBriefly(response, 404, 'only /stats/prometheus is here');
  });
  const unfollow = followObjects({
    clock,
    source,
    propagationMs,
    kinds: MeshState.kinds,
    apply: (type, object) => mesh.apply(type, object),
  });

  return {
    url: `http://${traffic.address}:${traffic.port}`,
    metricsUrl: `http://${admin.address}:${admin.port}/stats/prometheus`,
    stats: () => ({ destinations: counter.destinations(), unrouted: counter.unrouted, refused: Object.fromEntries(mesh.refused) }),
    observe: (observer) => counter.observe(observer),
    async close() {
      unfollow();
      agent.destroy();
      await Promise.all([traffic.close(), admin.close()]);
    },
  };
}

function hostOf(request: IncomingMessage): string {
  const [host = ''] = (request.headers.host ?? '').split(':', 1);
  return host.toLowerCase();
}

function factsOf({ method = 'GET', url = '/', headers }: IncomingMessage): RequestFacts {
  const [path = '/', query = ''] = url.split('?', 2);
  return { method, path, query: new URLSearchParams(query), headers };
}
