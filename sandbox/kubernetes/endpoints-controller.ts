import type { KubernetesObject } from '../../core/ports.ts';
import type { SandboxClock } from '../clock.ts';
import { selects } from './label-selector.ts';
import * as manifests from './manifests.ts';
import type { Change, ObjectKey, ObjectStore, StoredObject } from './object-store.ts';
import { isReady, podAddress } from './pod-readiness.ts';
import { endpointSlices, pods, services } from './resource-types.ts';
import { WorkQueue } from './work-queue.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const managedBy = 'endpointslice-controller.k8s.io';

/**
 * Keeps the EndpointSlices of Services with a selector. The ports of a slice hold for all its endpoints, so, as in Kubernetes,
 * pods that listen on different ports are in different slices: all pods of the sandbox share one address, and each has a
 * port, and so a slice, of its own. A Service without endpoints has one empty slice.
 */
export class EndpointsController {
  readonly #store: ObjectStore;
  readonly #queue: WorkQueue;

  constructor(store: ObjectStore, clock: SandboxClock, delayMs: number) {
    this.#store = store;
    this.#queue = new WorkQueue(clock, delayMs, (key) => this.#reconcile(key));
    store.onChange((change) => this.#onChange(change));
  }

  close(): void {
    this.#queue.close();
  }

  #onChange({ resource, type, object, previous }: Change): void {
    if (resource === services && type !== 'DELETED') this.#queue.add(object.metadata);
    if (resource !== pods) return;
    for (const service of this.#store.list(services, object.metadata.namespace)) {
      const { selector = {} } = manifests.service.parse(service).spec;
      const concerned = [object, previous].some((pod) => pod !== undefined && selects(selector, pod.metadata.labels ?? {}));
      if (concerned) this.#queue.add(service.metadata);
    }
  }

  #reconcile(key: ObjectKey): void {
    const service = this.#store.read(services, key);
    if (service === undefined) return;
    const { selector } = manifests.service.parse(service).spec;
    if (selector === undefined || Object.keys(selector).length === 0) return;

    const { namespace } = service.metadata;
    const selected = this.#store.list(pods, namespace).filter(({ metadata }) => selects(selector, metadata.labels ?? {}));
    const wanted = slicesFor(service, selected);
    const present = this.#store.list(
      endpointSlices,
      namespace,
      (labels) => labels[serviceNameLabel] === key.name && labels[managedByLabel] === managedBy,
    );
    const readyBefore = new Map(present.map((slice) => [slice.metadata.name, readyCount(slice)]));
    // What becomes ready is told before what ceases to be, so that no reader in between sees fewer than before and after.
    const gain = (slice: KubernetesObject) => readyCount(slice) - (readyBefore.get(slice.metadata.name) ?? 0);
    for (const slice of wanted.toSorted((a, b) => gain(b) - gain(a))) this.#put(namespace, slice);
    const names = new Set(wanted.map((slice) => slice.metadata.name));
    for (const { metadata } of present) if (!names.has(metadata.name)) this.#store.remove(endpointSlices, metadata);
  }

  #put(namespace: string, slice: KubernetesObject): void {
    const key = { namespace, name: slice.metadata.name };
    if (this.#store.read(endpointSlices, key) === undefined) this.#store.create(endpointSlices, key, slice);
    else this.#store.update(endpointSlices, key, () => ({ object: slice }));
  }
}

function slicesFor(service: StoredObject, selected: readonly StoredObject[]): KubernetesObject[] {
  const byPort = Map.groupBy(
    selected.filter((pod) => podAddress(pod) !== undefined),
    (pod) => podAddress(pod)?.port ?? 0,
  );
  if (byPort.size === 0) return [slice(service, 'empty', [], [])];
  const { ports = [{ port: 80 }] } = manifests.service.parse(service).spec;
  return [...byPort].map(([port, those]) =>
    slice(
      service,
      String(port),
      those.map((pod) => endpoint(pod)),
      ports.map(({ name = '', protocol = 'TCP' }) => ({ name, protocol, port })),
    ),
  );
}

function slice(service: StoredObject, suffix: string, endpoints: readonly unknown[], ports: readonly unknown[]): KubernetesObject {
  const { name, namespace, uid } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${suffix}`,
      namespace,
      labels: { [serviceNameLabel]: name, [managedByLabel]: managedBy },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}

function endpoint(pod: StoredObject): unknown {
  const { name, namespace, uid } = pod.metadata;
  const ready = isReady(pod);
  return {
    addresses: [podAddress(pod)?.address],
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

function readyCount(slice: KubernetesObject): number {
  return manifests.endpointSlice.parse(slice).endpoints.filter(({ conditions }) => conditions?.ready === true).length;
}
