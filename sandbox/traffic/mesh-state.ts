import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { type Endpoint, EndpointTable } from './endpoint-table.ts';
import { readGateway } from './gateway.ts';
import { noEdits } from './header-edits.ts';
import { readHttpRoute } from './http-route.ts';
import type { ResponseFlag } from './istio-metrics.ts';
import { type ObjectChange, objectKey } from './propagated-objects.ts';
import { type Choice, RouteTable } from './route-table.ts';
import { noRetries, type RequestFacts, type WeightedDestination } from './routes.ts';
import type { ServiceName } from './service-name.ts';
import { SubsetTable } from './subset-table.ts';
import { readVirtualService } from './virtual-service.ts';

/** Why the proxy answers by itself. */
export interface NoEndpoint {
  readonly status: 500 | 503;
  readonly responseFlags: ResponseFlag;
  readonly text: string;
}

type Kind = 'VirtualService' | 'DestinationRule' | 'Gateway' | 'HTTPRoute' | 'Service' | 'EndpointSlice' | 'Pod';

/** What the proxy has learnt of the cluster so far. */
export class MeshState {
  static readonly kinds: readonly Kind[] = ['VirtualService', 'DestinationRule', 'Gateway', 'HTTPRoute', 'Service', 'EndpointSlice', 'Pod'];
  readonly refused = new Map<string, string>();
  readonly #routes: RouteTable;
  readonly #subsets = new SubsetTable();
  readonly #endpoints = new EndpointTable();
  readonly #services = new Set<string>();

  constructor(skip: number) {
    this.#routes = new RouteTable(skip);
  }

  /** Takes a change over. An object that cannot be read leaves what it said before in force, as in Envoy. */
  apply(type: ObjectChange, object: KubernetesObject): void {
    const key = objectKey(object);
    this.refused.delete(key);
    try {
      if (type === 'DELETED') this.#delete(key, object);
      else this.#set[object.kind as Kind](key, object);
    } catch (error) {
      this.refused.set(key, reasonOf(error));
    }
  }

  /** Undefined where neither a route nor a Service takes the request. */
  route(host: string, request: RequestFacts): Choice | undefined {
    const chosen = this.#routes.choose(host, request);
    if (chosen === 'noRule') return undefined;
    if (chosen !== 'unknownHost') return chosen;
    const service = this.#endpoints.serviceCalled(host);
    return service === undefined ? undefined : straightTo(service);
  }

  /** The endpoint whose turn it is, or what is answered where there is none. */
  locate({ service, subset, mustExist = false }: Omit<WeightedDestination, 'weight' | 'headers'>): Endpoint | NoEndpoint {
    if (mustExist && !this.#services.has(`Service ${service.namespace}/${service.name}`)) {
      return { status: 500, responseFlags: '-', text: 'no such backend' };
    }
    const labels = subset === undefined ? {} : this.#subsets.labelsOf(service, subset);
    if (labels === undefined) return { status: 503, responseFlags: 'NC', text: 'no such subset' };
    return this.#endpoints.next(service, labels) ?? { status: 503, responseFlags: 'UH', text: 'no healthy upstream' };
  }

  readonly #set: Readonly<Record<Kind, (key: string, object: KubernetesObject) => void>> = {
    VirtualService: (key, object) => this.#routes.set(key, readVirtualService(object)),
    DestinationRule: (key, object) => this.#subsets.set(key, object),
    Gateway: (key, object) => this.#routes.setGateway(key, readGateway(object)),
    HTTPRoute: (key, object) => this.#routes.setHttpRoute(key, readHttpRoute(object)),
    Service: (key) => this.#services.add(key),
    EndpointSlice: (key, object) => this.#endpoints.setSlice(key, object),
    Pod: (_, object) => this.#endpoints.setPod(object),
  };

  /** Keys begin with their kind, so that each is in one of the tables. */
  #delete(key: string, object: KubernetesObject): void {
    if (object.kind === 'Pod') this.#endpoints.deletePod(object);
    this.#routes.delete(key);
    this.#subsets.delete(key);
    this.#services.delete(key);
    this.#endpoints.deleteSlice(key);
  }
}

function straightTo(service: ServiceName): Choice {
  const destination = { service, weight: 100, headers: noEdits };
  const rule = { id: '', matches: () => true, destinations: [destination], mirrors: [], headers: noEdits };
  return { rule: { ...rule, timeoutMs: undefined, retries: noRetries }, destination, mirrors: [] };
}

function reasonOf(error: unknown): string {
  if (error instanceof z.core.$ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
