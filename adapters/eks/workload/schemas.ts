import * as z from 'zod/mini';
import { ClusterUnavailableError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/ports.ts';

/** The parts of Kubernetes objects that Sluice looks at. All are open: what is not named here is carried along unread. */

const texts = z.record(z.string(), z.string());
const count = z.exactOptional(z.int());

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.exactOptional(z.string()),
  uid: z.exactOptional(z.string()),
  resourceVersion: z.exactOptional(z.string()),
  generation: z.exactOptional(z.int()),
  labels: z.exactOptional(texts),
  annotations: z.exactOptional(texts),
});

const container = z.looseObject({
  name: z.string(),
  image: z.exactOptional(z.string()),
  restartPolicy: z.exactOptional(z.string()),
  ports: z.exactOptional(z.array(z.looseObject({ hostPort: count }))),
});

const volume = z.looseObject({
  name: z.string(),
  persistentVolumeClaim: z.exactOptional(z.looseObject({ claimName: z.string() })),
});

const podSpec = z.looseObject({
  containers: z.array(container).check(z.minLength(1)),
  initContainers: z.exactOptional(z.array(container)),
  volumes: z.exactOptional(z.array(volume)),
  hostNetwork: z.exactOptional(z.boolean()),
});

export const deployment = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z.looseObject({
    replicas: count,
    selector: z.looseObject({
      matchLabels: z.exactOptional(texts),
      matchExpressions: z.exactOptional(z.array(z.looseObject({ key: z.string() }))),
    }),
    template: z.looseObject({
      metadata: z.exactOptional(z.looseObject({ labels: z.exactOptional(texts), annotations: z.exactOptional(texts) })),
      spec: podSpec,
    }),
  }),
  status: z.exactOptional(
    z.looseObject({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      unavailableReplicas: count,
      conditions: z.exactOptional(
        z.array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.exactOptional(z.string()),
            message: z.exactOptional(z.string()),
          }),
        ),
      ),
    }),
  ),
});
export type Deployment = z.infer<typeof deployment>;

export const service = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata,
  spec: z.looseObject({
    type: z.exactOptional(z.string()),
    selector: z.exactOptional(texts),
    ports: z.exactOptional(z.array(z.looseObject({ name: z.exactOptional(z.string()) }))),
  }),
});
export type Service = z.infer<typeof service>;

export const autoscaler = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.extend(metadata, { ownerReferences: z.exactOptional(z.array(z.looseObject({ kind: z.string() }))) }),
  spec: z.looseObject({
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
    minReplicas: count,
    maxReplicas: z.int(),
  }),
});
export type Autoscaler = z.infer<typeof autoscaler>;

export const volumeClaim = z.looseObject({ spec: z.looseObject({ accessModes: z.exactOptional(z.array(z.string())) }) });

/** The API writes an empty list of endpoints as null, and leaves `ready` out where it is not known, which counts as ready. */
export const endpointSlice = z.looseObject({
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

export const pod = z.looseObject({
  metadata,
  spec: podSpec,
  status: z.exactOptional(
    z.looseObject({
      containerStatuses: z.exactOptional(z.array(containerStatus())),
      initContainerStatuses: z.exactOptional(z.array(containerStatus())),
    }),
  ),
});
export type Pod = z.infer<typeof pod>;

function containerStatus() {
  return z.looseObject({
    name: z.string(),
    restartCount: count,
    state: z.exactOptional(
      z.looseObject({
        waiting: z.exactOptional(z.looseObject({ reason: z.exactOptional(z.string()), message: z.exactOptional(z.string()) })),
      }),
    ),
  });
}

/** @throws ClusterUnavailableError where the object is not what its kind promises: then nothing is known about it. */
export function parseAs<T>(schema: z.ZodMiniType<T>, found: KubernetesObject): T {
  const read = schema.safeParse(found);
  if (read.success) return read.data;
  throw new ClusterUnavailableError(
    `${found.kind} ${found.metadata.namespace ?? ''}/${found.metadata.name} does not have the shape of its kind.`,
    {
      remedy: 'See whether this version of Kubernetes still serves it as Sluice reads it; the request is tried again.',
      cause: new Error(z.prettifyError(read.error)),
    },
  );
}
