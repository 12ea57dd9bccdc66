import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { InvalidInputError } from '../../core/errors.ts';
import type { KubernetesObject, ResourceRef } from '../../core/ports.ts';
import type { SandboxClock } from '../clock.ts';
import type { Access } from './access.ts';
import type { RequestTarget } from './api-request.ts';
import { AutoscalerController } from './autoscaler-controller.ts';
import { DeploymentController } from './deployment-controller.ts';
import { EndpointsController, serviceNameLabel } from './endpoints-controller.ts';
import { Faults } from './faults.ts';
import { createHttpApi } from './http-api.ts';
import { parseLabelSelector } from './label-selector.ts';
import { endpointSlice } from './manifests.ts';
import { MeshStatusController } from './mesh-status-controller.ts';
import { type Change, ObjectStore, type StoredObject } from './object-store.ts';
import { PodRunner, type PodRunnerOptions } from './pod-runner.ts';
import type { ResourceType } from './resource-type.ts';
import { endpointSlices, findByKind, findByResource } from './resource-types.ts';
import { RouteStatusController } from './route-status-controller.ts';
import type { Outcome } from './status.ts';
import { createObject, patchObject, removeObject } from './writes.ts';

export type { Fault, RequestFacts, RequestMatch } from './faults.ts';
export type { StoredObject } from './object-store.ts';
export type { PodBehaviour } from './pod-runner.ts';

export interface SandboxKubernetesOptions extends Pick<PodRunnerOptions, 'startPod' | 'stopPod'> {
  readonly clock: SandboxClock;
  /** Ready after one second, for ever, where left out. */
  readonly behaviour?: PodRunnerOptions['behaviour'];
  /** Whose requests are answered. Anything that looks like an EKS token where left out. */
  readonly acceptsToken?: (token: string) => boolean;
  /** Between a pod's deletion and `stopPod`; 2 seconds where left out. */
  readonly podStopDelayMs?: number;
  /** Between a change and what the controllers make of it; 0 where left out, which still is after the write was answered. */
  readonly controllerDelayMs?: number;
}

/** One place that a Service sends requests to. */
export interface SandboxEndpoint {
  readonly podName: string;
  readonly address: string;
  readonly port: number;
  readonly ready: boolean;
}

/**
 * An embedded cluster. What is here beside the URL is for the scenario's own hand: somebody else with kubectl, subject to no
 * fault. What the API refuses there is a mistake of the scenario, and thrown as InvalidInputError.
 */
export interface SandboxKubernetes {
  readonly url: string;
  readonly faults: Faults;
  /** Set it, and every request from then on is one of somebody who may or may not do it. */
  access: Access | undefined;
  /** Requests that reached the API since the start, by `<method> <resource>`, such as `PATCH virtualservices`. */
  readonly requestCounts: Readonly<Record<string, number>>;
  /** Creates the object, or merges the manifest into the one that is there: lists are replaced, what it leaves out stays. */
  apply(manifest: unknown): StoredObject;
  get(ref: ResourceRef): StoredObject | undefined;
  list(ref: Omit<ResourceRef, 'name'>, labelSelector?: string): StoredObject[];
  /** A list of RFC 6902 operations, or an RFC 7386 object. */
  patch(ref: ResourceRef, patch: readonly unknown[] | Readonly<Record<string, unknown>>): StoredObject;
  delete(ref: ResourceRef): StoredObject;
  /** All endpoints of a Service, from all its slices. */
  endpoints(namespace: string, service: string): SandboxEndpoint[];
  /**
   * Calls back synchronously after each committed change, in order. `previous` is there for MODIFIED. A listener must not
   * throw: the write that it hears of would fail with it. Returns how to end it.
   */
  onChange(listener: (type: Change['type'], object: StoredObject, previous: StoredObject | undefined) => void): () => void;
  /** Breaks all connections, ends the controllers and stops all pods. */
  close(): Promise<void>;
}

/** Starts a Kubernetes API over plain HTTP on loopback, with the controllers that make Deployments ready. */
export async function startKubernetes(options: SandboxKubernetesOptions): Promise<SandboxKubernetes> {
  const { clock, startPod, stopPod, controllerDelayMs = 0, podStopDelayMs = 2000 } = options;
  const { behaviour = () => ({ readyAfterMs: 1000 }), acceptsToken = (token) => token.startsWith('k8s-aws-v1.') } = options;
  const store = new ObjectStore(() => clock.now());
  const requestCounts: Record<string, number> = {};
  const onRequest = (name: string) => {
    requestCounts[name] = (requestCounts[name] ?? 0) + 1;
  };
  const server = createHttpApi({ store, clock, faults: () => faults, acceptsToken, access: () => kubernetes.access, onRequest });
  const faults = new Faults(() => server.closeAllConnections());
  const runner = new PodRunner({ store, clock, startPod, stopPod, behaviour, podStopDelayMs });
  const controllers = [DeploymentController, EndpointsController, AutoscalerController, RouteStatusController, MeshStatusController].map(
    (Controller) => new Controller(store, clock, controllerDelayMs),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const kubernetes: SandboxKubernetes = {
    access: undefined,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    requestCounts,
    ...handOf(store),
    onChange: (listener) => store.onChange(({ type, object, previous }) => listener(type, object, previous)),
    async close() {
      for (const controller of controllers) controller.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, runner.close()]);
    },
  };
  return kubernetes;
}

type Hand = Pick<SandboxKubernetes, 'apply' | 'get' | 'list' | 'patch' | 'delete' | 'endpoints'>;

function handOf(store: ObjectStore): Hand {
  const list: Hand['list'] = (ref, labelSelector = '') => {
    const selector = parseLabelSelector(labelSelector);
    if (selector === undefined) throw refusedBy(`"${labelSelector}" is no label selector.`);
    return store.list(typeOf(ref), ref.namespace, selector);
  };
  return {
    list,
    get: (ref) => store.read(typeOf(ref), ref),
    apply(manifest) {
      const target = targetOf(manifest);
      const exists = store.read(target.type, target) !== undefined;
      return orThrow(exists ? patchObject(store, target, { kind: 'merge', patch: manifest }) : createObject(store, target, manifest));
    },
    patch(ref, patch) {
      const target = { ...ref, type: typeOf(ref), subresource: undefined };
      return orThrow(patchObject(store, target, Array.isArray(patch) ? { kind: 'json', operations: patch } : { kind: 'merge', patch }));
    },
    delete: (ref) => orThrow(removeObject(store, { ...ref, type: typeOf(ref), subresource: undefined }, undefined)),
    endpoints: (namespace, service) =>
      store
        .list(endpointSlices, namespace, (labels) => labels[serviceNameLabel] === service)
        .flatMap((slice) => {
          const { endpoints, ports = [] } = endpointSlice.parse(slice);
          return endpoints.map(({ addresses, conditions, targetRef }) => ({
            podName: targetRef?.name ?? '',
            address: addresses[0] ?? '',
            port: ports[0]?.port ?? 0,
            ready: conditions?.ready ?? false,
          }));
        }),
  };
}

function typeOf(ref: Omit<ResourceRef, 'name'>): ResourceType {
  const type = findByResource(ref.apiVersion, ref.resource);
  if (type === undefined) throw refusedBy(`There is no resource ${ref.resource} in ${ref.apiVersion}.`);
  return type;
}

function targetOf(manifest: unknown): RequestTarget {
  const { apiVersion, kind, metadata } = manifest as Partial<KubernetesObject>;
  const type = findByKind(apiVersion ?? '', kind ?? '');
  if (type === undefined || metadata === undefined) throw refusedBy(`There is no kind ${kind} in ${apiVersion}, or it has no metadata.`);
  const namespace = type.namespaced ? (metadata.namespace ?? 'default') : '';
  return { type, namespace, name: metadata.name, subresource: undefined };
}

function orThrow(outcome: Outcome<StoredObject>): StoredObject {
  if (outcome.refused !== undefined) throw refusedBy(`The cluster refused a change: ${outcome.refused.message}.`);
  return outcome.object;
}

function refusedBy(message: string): InvalidInputError {
  return new InvalidInputError(message, { remedy: 'Mend the manifest, the reference or the patch in the scenario.' });
}
