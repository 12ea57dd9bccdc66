import * as z from 'zod/mini';
import { InvalidInputError } from '../../../core/errors.ts';
import type { ResourceRef } from '../../../core/ports.ts';
import type { SandboxKubernetes, StoredObject } from '../../../sandbox/kubernetes/kubernetes.ts';
import { parseLabelSelector } from '../../../sandbox/kubernetes/label-selector.ts';
import type { RawApi } from '../bench/api/raw-api.ts';
import type { ApiFront } from './api-front.ts';
import type { SynchronousApi } from './synchronous-api.ts';
import { type WatchedKind, WatchedObjects } from './watched-objects.ts';

export const kinds: readonly WatchedKind[] = [
  { apiVersion: 'v1', resource: 'services', kind: 'Service' },
  { apiVersion: 'v1', resource: 'pods', kind: 'Pod' },
  { apiVersion: 'apps/v1', resource: 'deployments', kind: 'Deployment' },
  { apiVersion: 'discovery.k8s.io/v1', resource: 'endpointslices', kind: 'EndpointSlice' },
  { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', kind: 'VirtualService' },
  { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules', kind: 'DestinationRule' },
  { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes', kind: 'HTTPRoute' },
];

const slice = z.looseObject({
  endpoints: z._default(
    z.nullable(
      z.array(
        z.looseObject({
          addresses: z.array(z.string()),
          conditions: z.optional(z.looseObject({ ready: z.optional(z.boolean()) })),
          targetRef: z.optional(z.looseObject({ name: z.string() })),
        }),
      ),
    ),
    [],
  ),
  ports: z._default(z.nullable(z.array(z.looseObject({ port: z.optional(z.int()) }))), []),
});

export interface MeshKubernetesParts {
  readonly api: RawApi;
  readonly atOnce: SynchronousApi;
  readonly front: ApiFront;
  /** Where everything of this scenario is, whatever namespace its story names. */
  readonly namespace: string;
}

/**
 * A real cluster as stories know the sandbox's: they look at what the API server has told, and what they write is written when the call
 * returns. Every namespace that a story names is the scenario's own one.
 */
export async function openMeshKubernetes({ api, atOnce, front, namespace }: MeshKubernetesParts): Promise<SandboxKubernetes> {
  const watched = await WatchedObjects.start(api, namespace, kinds);
  const write = (method: string, ref: ResourceRef, body: unknown, contentType: string): StoredObject => {
    const kind = kindOf(ref);
    const root = ref.apiVersion.includes('/') ? 'apis' : 'api';
    const query = contentType === 'application/apply-patch+yaml' ? '?fieldManager=story&force=true' : '';
    const path = `/${root}/${ref.apiVersion}/namespaces/${namespace}/${ref.resource}/${ref.name}${query}`;
    const answer = atOnce.ask(method, path, body, contentType);
    if (answer.status >= 300) throw refused(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
    if (method !== 'DELETE') return watched.learn(kind, JSON.parse(answer.body));
    const was = watched.get(kind, ref.name);
    if (was === undefined) throw refused(`${ref.resource} ${ref.name} was not there.`);
    return watched.learn(kind, was, true);
  };

  return {
    url: front.url,
    faults: front.faults,
    requestCounts: front.requestCounts,
    access: undefined,
    apply(manifest) {
      const { apiVersion, kind, metadata } = z
        .looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
        .parse(manifest);
      const found = kinds.find((each) => each.apiVersion === apiVersion && each.kind === kind);
      if (found === undefined) throw refused(`Stories of this tier know no ${kind} of ${apiVersion}.`);
      const own = { ...(manifest as object), metadata: { ...metadata, namespace } };
      return write('PATCH', { ...found, namespace, name: metadata.name }, own, 'application/apply-patch+yaml');
    },
    get: (ref) => watched.get(ref, ref.name),
    list(ref, labelSelector = '') {
      const selector = parseLabelSelector(labelSelector);
      if (selector === undefined) throw refused(`"${labelSelector}" is no label selector.`);
      return watched.list(ref).filter(({ metadata }) => selector(metadata.labels ?? {}));
    },
    patch: (ref, patch) =>
      write('PATCH', ref, patch, Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json'),
    delete: (ref) => write('DELETE', ref, undefined, 'application/json'),
    endpoints: (_namespace, service) =>
      watched
        .list({ apiVersion: 'discovery.k8s.io/v1', resource: 'endpointslices' })
        .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
        .flatMap((object) => {
          const { endpoints, ports } = slice.parse(object);
          return (endpoints ?? []).map(({ addresses, conditions, targetRef }) => ({
            podName: targetRef?.name ?? '',
            address: addresses[0] ?? '',
            port: ports?.[0]?.port ?? 0,
            ready: conditions?.ready ?? false,
          }));
        }),
    onChange: (listener) => watched.onChange(listener),
    async close() {
      watched.end();
      await Promise.all([front.close(), atOnce.close()]);
    },
  };
}

function kindOf(ref: Pick<ResourceRef, 'apiVersion' | 'resource'>): WatchedKind {
  const kind = kinds.find(({ apiVersion, resource }) => apiVersion === ref.apiVersion && resource === ref.resource);
  if (kind === undefined) throw refused(`Stories of this tier know no ${ref.resource} of ${ref.apiVersion}.`);
  return kind;
}

function refused(message: string): InvalidInputError {
  return new InvalidInputError(message, { remedy: 'Mend the manifest, the reference or the patch in the scenario, or the tier.' });
}
