import * as z from 'zod/mini';
import { labelSelector, labels } from './label-selector.ts';

/** The parts of stable's Deployment and Service that a preflight looks at. What the API leaves out or writes as null is the same here. */

const quantities = z.nullish(z.record(z.string(), z.union([z.string(), z.number()])));
const resources = z.nullish(z.looseObject({ requests: quantities, limits: quantities }));

const container = z.looseObject({
  name: z.string(),
  restartPolicy: z.nullish(z.string()),
  ports: z.nullish(z.array(z.looseObject({ name: z.nullish(z.string()), containerPort: z.nullish(z.number()) }))),
  resources,
});
export type Container = z.infer<typeof container>;

const podSpec = z.looseObject({
  containers: z.array(container),
  initContainers: z.nullish(z.array(container)),
  overhead: quantities,
});
export type PodSpec = z.infer<typeof podSpec>;

const objectMetadata = z.looseObject({
  name: z.string(),
  labels: z.nullish(labels),
  annotations: z.nullish(labels),
});
export type ObjectMetadata = z.infer<typeof objectMetadata>;

const podsOrShare = z.nullish(z.union([z.string(), z.number()]));

export const stableDeployment = z.looseObject({
  metadata: objectMetadata,
  spec: z.looseObject({
    replicas: z.nullish(z.number()),
    strategy: z.nullish(
      z.looseObject({
        type: z.nullish(z.string()),
        rollingUpdate: z.nullish(z.looseObject({ maxSurge: podsOrShare, maxUnavailable: podsOrShare })),
      }),
    ),
    selector: labelSelector,
    template: z.looseObject({
      metadata: z.nullish(z.looseObject({ labels: z.nullish(labels), annotations: z.nullish(labels) })),
      spec: podSpec,
    }),
  }),
});
export type StableDeployment = z.infer<typeof stableDeployment>;

const servicePort = z.looseObject({
  name: z.nullish(z.string()),
  port: z.number(),
  targetPort: z.nullish(z.union([z.string(), z.number()])),
  appProtocol: z.nullish(z.string()),
});
export type ServicePort = z.infer<typeof servicePort>;

export const plainService = z.looseObject({
  metadata: objectMetadata,
  spec: z.looseObject({ selector: z.nullish(labels), ports: z.nullish(z.array(servicePort)) }),
});
export type PlainService = z.infer<typeof plainService>;
