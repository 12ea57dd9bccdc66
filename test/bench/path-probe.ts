import type { KubernetesApi } from '../../core/ports.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import type { RunningLoad } from '../../sandbox/traffic/load.ts';
import type { BenchStage } from './bench-stage.ts';

/** Two services that no rollout touches; the first one's route is flipped between them. */
export const probeServices: SandboxOptions['services'] = [
  { name: 'probe', namespace: 'shop', replicas: 1, tag: 'a', virtualService: 'probe', pathPrefix: '/' },
  { name: 'probe-other', namespace: 'shop', replicas: 1, tag: 'b', virtualService: 'probe-other', pathPrefix: '/' },
];

/** The floor of every change of traffic: one bare PATCH by the same client, and how soon an answer shows it. */
export class PathProbe {
  readonly #stage: BenchStage;
  readonly #load: RunningLoad;
  readonly #requestsPerSecond: number;
  readonly #api: KubernetesApi;
  #at = 'probe';

  constructor(stage: BenchStage, load: RunningLoad, requestsPerSecond: number) {
    const { deps, kubernetes } = stage.sandbox;
    this.#stage = stage;
    this.#load = load;
    this.#requestsPerSecond = requestsPerSecond;
    this.#api = deps.clusters.open({ name: 'sandbox', endpoint: kubernetes.url, certificateAuthority: '' });
  }

  /** Milliseconds from the PATCH to the first answer of the other service. */
  async flip(): Promise<number> {
    const { sandbox } = this.#stage;
    const to = this.#at === 'probe' ? 'probe-other' : 'probe';
    this.#load.setRate(this.#requestsPerSecond);
    await this.#stage.sleep(0.3);
    let firstAtMs: number | undefined;
    const unobserve = sandbox.proxy.observe({
      onRequest: ({ destination, atMs }) => {
        if (destination === to) firstAtMs ??= atMs;
      },
    });
    const fromMs = sandbox.clock.now();
    await this.#api.write({
      jsonPatch: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'probe' },
      operations: [{ op: 'replace', path: '/spec/http/0/route', value: [{ destination: { host: to } }] }],
    });
    const atMs = await this.#stage.until('a changed answer', () => firstAtMs);
    unobserve();
    this.#load.setRate(0);
    this.#at = to;
    return atMs - fromMs;
  }
}
