import * as z from 'zod/mini';
import type { KubernetesApi } from '../../../core/ports.ts';
import { parseAs } from './parse-as.ts';

/** The API writes an empty list of endpoints as null, and leaves `ready` out where it is not known, which counts as ready. */
const endpointSlice = z.looseObject({
  endpoints: z.nullish(
    z.array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z.nullish(z.looseObject({ ready: z.nullish(z.boolean()) })),
        targetRef: z.nullish(z.looseObject({ uid: z.nullish(z.string()), name: z.nullish(z.string()) })),
      }),
    ),
  ),
});

/**
 * The ready endpoints of a Service. A pod with two addresses (dual stack) is in two slices, and counts once.
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function readReadyEndpoints(api: KubernetesApi, namespace: string, service: string): Promise<number> {
  const slices = { apiVersion: 'discovery.k8s.io/v1', resource: 'endpointslices', namespace };
  const found = await api.list(slices, `kubernetes.io/service-name=${service}`);
  const endpoints = found.flatMap((object) => parseAs(endpointSlice, object).endpoints ?? []);
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.map(({ targetRef, addresses }) => targetRef?.uid ?? targetRef?.name ?? addresses[0])).size;
}
