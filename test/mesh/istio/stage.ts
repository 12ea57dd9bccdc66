import type { KubernetesObject } from '../../../core/ports.ts';
import type { UserAnswer, UserRequest } from '../../contract/real-traffic.ts';
import { attachBench } from '../bench/attach.ts';
import { type MeshAnswer, meshRequest } from '../bench/request.ts';
import { workloads } from '../bench/two-versions.ts';
import type { Bench, FreshNamespace } from '../bench/types.ts';
import { until } from '../bench/until.ts';
import { type Fields, IstioRoutes } from './routes.ts';

/** Which of the bench's two Envoys requests go through. */
export type Way = 'the gateway' | 'the sidecar';

const apiVersion = 'networking.istio.io/v1';
const marker = 'marker';

/** A namespace with `web` at v1 and `web-canary` at v2, whose routes each test writes itself, and requests to them through one Envoy. */
export class IstioStage extends IstioRoutes<Bench> {
  readonly image: string;
  readonly way: Way;
  #markers = 0;

  private constructor(bench: Bench, namespace: FreshNamespace, way: Way) {
    super(bench, namespace);
    this.way = way;
    this.image = `registry.example.com/${namespace.name}/web`;
  }

  static async open(way: Way = 'the gateway'): Promise<IstioStage> {
    const bench = await attachBench();
    const namespace = await bench.freshNamespace('istio');
    const stage = new IstioStage(bench, namespace, way);
    await namespace.apply([...workloads(stage.image), stage.#markerService()]);
    return stage;
  }

  /** Of the VirtualService that `apply` makes of rules. */
  get host(): string {
    return this.way === 'the gateway' ? `${this.namespace.name}.example.com` : `web.${this.namespace.name}`;
  }

  get bench(): Bench {
    return this.cluster;
  }

  override virtualService(name: string, spec: Fields): KubernetesObject {
    const gateways = [this.way === 'the gateway' ? this.bench.istioGateway : 'mesh'];
    return super.virtualService(name, { hosts: [this.host], gateways, ...spec });
  }

  destinationRule(name: string, spec: Fields): KubernetesObject {
    return { apiVersion, kind: 'DestinationRule', metadata: { name }, spec: { host: name, ...spec } };
  }

  /** Applies `web` with these http rules, and waits until stable answers. */
  async lead(http: readonly Fields[], ...others: readonly KubernetesObject[]): Promise<void> {
    await this.namespace.apply([...others, this.virtualService('web', { http })]);
    await until(async () => (await this.ask({})).side === 'stable');
  }

  request(path: string, headers: Readonly<Record<string, string>> = {}, host = this.host): Promise<MeshAnswer> {
    return meshRequest(this.way === 'the gateway' ? this.bench.gatewayUrl : this.bench.meshUrl, { host, path, headers });
  }

  async ask({ headers = {}, cookies = {}, query = {} }: UserRequest): Promise<UserAnswer> {
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
    const sent = { ...headers, ...(cookie.length === 0 ? {} : { cookie: cookie.join('; ') }) };
    const { status, version, headers: named } = await this.request(`/shop?${new URLSearchParams(query)}`, sent);
    const setCookie = named['set-cookie'];
    const side = version === 'v1' ? 'stable' : version === 'v2' ? 'canary' : undefined;
    return { status, side, setCookies: setCookie === undefined ? [] : [setCookie] };
  }

  /** So many requests of one user, eight at a time. */
  send(count: number, request: UserRequest = {}): Promise<UserAnswer[]> {
    return eightAtATime(count, () => this.ask(request));
  }

  /** Resolves when this Envoy has all that was written: istiod tells it of a marker that is written now together with it, or later. */
  async settle(): Promise<void> {
    this.#markers += 1;
    await this.namespace.apply([this.#markerService()]);
    const isThere = async () => (await this.request('/', {}, this.#markerHost)).body === String(this.#markers);
    await until(isThere, { everyMs: 20 });
  }

  async received() {
    const { bench, image } = this;
    return { stable: await bench.received(`${image}:v1`), canary: await bench.received(`${image}:v2`) };
  }

  get #markerHost(): string {
    return `${marker}.${this.namespace.name}.example.com`;
  }

  #markerService(): KubernetesObject {
    const http = [{ directResponse: { status: 200, body: { string: String(this.#markers) } } }];
    return this.virtualService(marker, { hosts: [this.#markerHost], http });
  }
}

/** Does it so often, eight at a time. */
export async function eightAtATime<Done>(times: number, act: (index: number) => Promise<Done>): Promise<Done[]> {
  const done: Done[] = [];
  let next = 0;
  const work = async () => {
    while (next < times) {
      const index = next;
      next += 1;
      done.push(await act(index));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return done;
}
