import * as z from 'zod/mini';

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
