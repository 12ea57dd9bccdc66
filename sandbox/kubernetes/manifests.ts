import * as z from 'zod/mini';

/**
 * The parts of each kind that the sandbox reads. Loose: all else is kept as it came. The API refuses what does not match,
 * and the controllers read objects through the same schemas.
 */
const labels = z.record(z.string(), z.string());
const natural = z.int().check(z.nonnegative());
const budget = z.union([natural, z.string().check(z.regex(/^\d+%$/))]);

export const anyObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().check(z.maxLength(253), z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)),
    namespace: z.optional(z.string()),
    uid: z.optional(z.string()),
    resourceVersion: z.optional(z.string()),
    generation: z.optional(z.int()),
    labels: z.optional(labels),
    annotations: z.optional(labels),
    ownerReferences: z.optional(
      z.array(z.looseObject({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string().check(z.minLength(1)) })),
    ),
  }),
});

const podSpec = z.looseObject({
  containers: z.array(z.looseObject({ name: z.string().check(z.minLength(1)), image: z.optional(z.string()) })).check(z.minLength(1)),
});
const podTemplate = z.looseObject({
  metadata: z.looseObject({ labels, annotations: z.optional(labels) }),
  spec: podSpec,
});
const workloadSpec = {
  replicas: natural,
  selector: z.looseObject({ matchLabels: labels }),
  template: podTemplate,
};

export const strategy = z.looseObject({
  type: z.enum(['RollingUpdate', 'Recreate']),
  rollingUpdate: z.optional(z.looseObject({ maxSurge: budget, maxUnavailable: budget })),
});
export type Strategy = z.infer<typeof strategy>;

export const deployment = z.looseObject({ spec: z.looseObject({ ...workloadSpec, strategy }) });
export const statefulSet = z.looseObject({ spec: z.looseObject(workloadSpec) });
export const pod = z.looseObject({ spec: podSpec });

export const service = z.looseObject({
  spec: z.looseObject({
    selector: z.optional(labels),
    ports: z.optional(
      z.array(z.looseObject({ name: z.optional(z.string()), port: natural, protocol: z.optional(z.string()) })).check(z.minLength(1)),
    ),
  }),
});

export const endpointSlice = z.looseObject({
  addressType: z.string(),
  endpoints: z.array(
    z.looseObject({
      addresses: z.array(z.string()).check(z.minLength(1)),
      conditions: z.optional(z.looseObject({ ready: z.optional(z.boolean()) })),
      targetRef: z.optional(z.looseObject({ name: z.optional(z.string()) })),
    }),
  ),
  ports: z.optional(z.array(z.looseObject({ port: z.optional(natural) }))),
});

export const autoscaler = z.looseObject({
  spec: z.looseObject({
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
    minReplicas: natural,
    maxReplicas: z.int().check(z.positive()),
  }),
});

/** Integers that may be negative: the CRD lets them pass, and Istio's webhook refuses them. */
const routeDestination = z.looseObject({
  destination: z.looseObject({ host: z.string().check(z.minLength(1)) }),
  weight: z.optional(z.int()),
});
export const virtualService = z.looseObject({
  spec: z.looseObject({
    hosts: z.array(z.string()).check(z.minLength(1)),
    http: z.optional(z.array(z.looseObject({ route: z.optional(z.array(routeDestination)) }))),
  }),
});
export const destinationRule = z.looseObject({ spec: z.looseObject({ host: z.string().check(z.minLength(1)) }) });

/** What the kubelet of the sandbox writes into a Pod, as far as others read it. */
export const podStatus = z.looseObject({
  metadata: z.looseObject({ labels: z._default(labels, {}), annotations: z._default(labels, {}) }),
  status: z._default(
    z.looseObject({
      podIP: z.optional(z.string()),
      conditions: z._default(z.array(z.looseObject({ type: z.string(), status: z.string() })), []),
    }),
    { conditions: [] },
  ),
});
