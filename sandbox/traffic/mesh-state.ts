import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { type Endpoint, EndpointTable } from './endpoint-table.ts';
import { type ObjectChange, objectKey } from './propagated-objects.ts';
import { RouteTable } from './route-table.ts';
import type { ServiceName } from './service-name.ts';
import { readVirtualService } from './virtual-service.ts';

/** What the proxy has learnt of the cluster so far. */
export class MeshState {
  static readonly kinds = ['VirtualService', 'EndpointSlice', 'Pod'] as const;
  readonly refused = new Map<string, string>();
  readonly #routes: RouteTable;
  readonly #endpoints = new EndpointTable();

  constructor(skip: number) {
    this.#routes = new RouteTable(skip);
  }

  /** Takes a change over. An object that cannot be read leaves what it said before in force, as in Envoy. */
  apply(type: ObjectChange, object: KubernetesObject): void {
    const key = objectKey(object);
    this.refused.delete(key);
    try {
      if (type === 'DELETED') this.#delete(key, object);
      else this.#set(key, object);
    } catch (error) {
      this.refused.set(key, reasonOf(error));
    }
  }

  /** Undefined where neither a route nor a Service takes the request. */
  route(host: string, path: string, headers: IncomingHttpHeaders): ServiceName | undefined {
    const chosen = this.#routes.choose(host, path, headers);
    if (chosen === 'noRule') return undefined;
    return chosen === 'unknownHost' ? this.#endpoints.serviceCalled(host) : chosen;
  }

  nextEndpoint(service: ServiceName): Endpoint | undefined {
    return this.#endpoints.next(service);
  }

  #set(key: string, object: KubernetesObject): void {
    if (object.kind === 'VirtualService') this.#routes.set(key, readVirtualService(object));
    else if (object.kind === 'EndpointSlice') this.#endpoints.setSlice(key, object);
    else this.#endpoints.setPod(object);
  }

  #delete(key: string, object: KubernetesObject): void {
    if (object.kind === 'VirtualService') this.#routes.delete(key);
    else if (object.kind === 'EndpointSlice') this.#endpoints.deleteSlice(key);
    else this.#endpoints.deletePod(object);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.core.$ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
