import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { hostsOf, type ServiceName, sameService } from './service-name.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** What the metrics call `destination_workload`. */
  readonly workload: string;
  /** What they call `destination_version`: the pod's label `version`. */
  readonly version: string;
}

/** What a pod's labels have to say, so that it is of a subset. */
export type Labels = Readonly<Record<string, string>>;

const nullable = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

const endpointSlice = z.object({
  metadata: z.object({ labels: z.object({ 'kubernetes.io/service-name': z.string() }) }),
  endpoints: nullable(
    z.array(
      z.object({
        addresses: z.array(z.string()).check(z.minLength(1)),
        conditions: nullable(z.object({ ready: nullable(z.boolean()) })),
        targetRef: nullable(z.object({ kind: z.optional(z.string()), name: z.optional(z.string()) })),
      }),
    ),
  ),
  ports: nullable(z.array(z.object({ port: nullable(z.int()) }))),
});

const ownedPod = z.object({
  metadata: z.object({
    labels: z.object({ 'pod-template-hash': z.string() }),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })),
  }),
});

const labelledPod = z.object({ metadata: z.object({ labels: z._default(z.record(z.string(), z.string()), {}) }) });

interface KnownPod {
  readonly deployment: string | undefined;
  readonly labels: Labels;
}

interface ReadyEndpoint {
  readonly address: string;
  readonly port: number;
  readonly pod: string | undefined;
}

interface Slice {
  readonly service: ServiceName;
  readonly ready: readonly ReadyEndpoint[];
}

/**
 * The ready endpoints of each Service, taken in turn. A slice without a port, and an endpoint whose `ready` is false, give
 * nothing; an endpoint that does not say is ready, as the API has it. All pods share the address of the loopback, so each has a
 * port, and thus a slice, of its own: a Service's slices are joined.
 */
export class EndpointTable {
  readonly #slices = new Map<string, Slice>();
  /** By namespace/name. */
  readonly #pods = new Map<string, KnownPod>();
  /** By Service, or Service and labels. */
  readonly #chosen = new Map<string, readonly Endpoint[]>();
  readonly #turns = new Map<string, number>();

  /** @throws an error that says what does not fit: the caller keeps what it had. */
  setSlice(key: string, object: KubernetesObject): void {
    const slice = endpointSlice.parse(object);
    const name = slice.metadata.labels['kubernetes.io/service-name'];
    const port = slice.ports?.[0]?.port;
    const ready = (slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready ?? true)
      .flatMap(({ addresses: [address = ''], targetRef }) => (port ? [{ address, port, pod: targetRef?.name }] : []));
    this.#slices.set(key, { service: { namespace: object.metadata.namespace ?? 'default', name }, ready });
    this.#chosen.clear();
  }

  deleteSlice(key: string): void {
    this.#slices.delete(key);
    this.#chosen.clear();
  }

  setPod(object: KubernetesObject): void {
    const pod = nameKey(object.metadata.namespace ?? 'default', object.metadata.name);
    const known = this.#pods.get(pod);
    const { labels } = labelledPod.parse(object).metadata;
    const now: KnownPod = { deployment: deploymentOf(object) ?? known?.deployment, labels };
    if (JSON.stringify(known) === JSON.stringify(now)) return;
    this.#pods.set(pod, now);
    this.#chosen.clear();
  }

  deletePod(object: KubernetesObject): void {
    this.#pods.delete(nameKey(object.metadata.namespace ?? 'default', object.metadata.name));
    this.#chosen.clear();
  }

  /** The Service that a host without a route means, as a client in any namespace may write it. */
  serviceCalled(host: string): ServiceName | undefined {
    for (const { service } of this.#slices.values()) if (hostsOf(service).includes(host)) return service;
    return undefined;
  }

  /** The endpoint whose turn it is, or undefined where the Service has none that is ready and bears the labels. */
  next(service: ServiceName, labels: Labels = {}): Endpoint | undefined {
    const key = [nameKey(service.namespace, service.name), ...Object.entries(labels).flat()].join(' ');
    let endpoints = this.#chosen.get(key);
    if (endpoints === undefined) {
      endpoints = this.#collect(service, labels);
      this.#chosen.set(key, endpoints);
    }
    if (endpoints.length === 0) return undefined;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return endpoints[turn % endpoints.length];
  }

  #collect(service: ServiceName, wanted: Labels): Endpoint[] {
    const slices = [...this.#slices.values()].filter((slice) => sameService(slice.service, service));
    return slices
      .flatMap(({ ready }) => ready)
      .flatMap(({ address, port, pod }) => {
        const { deployment = service.name, labels = {} }: Partial<KnownPod> =
          (pod === undefined ? undefined : this.#pods.get(nameKey(service.namespace, pod))) ?? {};
        if (Object.entries(wanted).some(([key, value]) => labels[key] !== value)) return [];
        return [{ address, port, workload: deployment, version: labels['version'] ?? 'unknown' }];
      });
  }
}

/**
 * The Deployment of a pod as Istio derives it: the name of its ReplicaSet without the template's hash. The sandbox has no ReplicaSets: there
 * the Deployment owns the pod itself. Undefined where the pod does not say; its workload is then taken to bear the name of the Service.
 */
function deploymentOf(pod: KubernetesObject): string | undefined {
  const { success, data } = ownedPod.safeParse(pod);
  if (!success) return undefined;
  const { labels, ownerReferences } = data.metadata;
  const suffix = `-${labels['pod-template-hash']}`;
  const replicaSet = ownerReferences.find(({ kind, name }) => kind === 'ReplicaSet' && name.endsWith(suffix));
  return replicaSet?.name.slice(0, -suffix.length) ?? ownerReferences.find(({ kind }) => kind === 'Deployment')?.name;
}

function nameKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
