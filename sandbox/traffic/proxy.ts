import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { answerBriefly, forward, type Outcome } from './forward.ts';
import { IstioMetrics } from './istio-metrics.ts';
import { listenOnLoopback } from './loopback-server.ts';
import { MeshState } from './mesh-state.ts';
import { followObjects, type ObjectSource } from './propagated-objects.ts';
import { type ProxyObserver, type ProxyStats, RequestCounter } from './proxy-stats.ts';

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
 * The mesh of the sandbox: a reverse proxy that obeys VirtualServices and EndpointSlices, and measures as Istio does. Requests
 * in flight at a change stay where they are. A destination without a ready endpoint is answered 503 by the proxy itself, with
 * the header `x-no-upstream`.
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

  const take = (request: IncomingMessage, response: ServerResponse) => {
    const startedAtMs = clock.now();
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const service = mesh.route(hostOf(request), path, request.headers);
    if (service === undefined) {
      counter.unrouted += 1;
      metrics.record({ service, workload: undefined, status: 404, responseFlags: 'NR', durationMs: 0 });
      answerBriefly(response, 404, 'no route');
      return;
    }
    const destination = service.name;
    const endpoint = mesh.nextEndpoint(service);
    counter.start({ atMs: startedAtMs, destination });
    const end = ({ status, responseFlags }: Outcome) => {
      const atMs = clock.now();
      const durationMs = atMs - startedAtMs;
      metrics.record({ service, workload: endpoint?.workload, status, responseFlags, durationMs });
      counter.finish({ atMs, destination, status, durationMs });
    };
    if (endpoint === undefined) {
      end({ status: 503, responseFlags: 'UH' });
      answerBriefly(response, 503, 'no healthy upstream', ['x-no-upstream', destination]);
      return;
    }
    forward(agent, endpoint, request, response, end);
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
