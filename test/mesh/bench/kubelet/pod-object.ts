import * as z from 'zod/mini';
import { metadata } from '../api/object.ts';

const names = z.optional(z.record(z.string(), z.string()));

/** A Pod, as far as the kubelet reads it. */
export const podObject = z.looseObject({
  metadata: z.extend(metadata, {
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.optional(z.string()),
    labels: names,
    annotations: names,
  }),
  spec: z.looseObject({
    nodeName: z.optional(z.string()),
    serviceAccountName: z._default(z.string(), 'default'),
    terminationGracePeriodSeconds: z._default(z.number(), 30),
    containers: z
      .array(
        z.looseObject({
          name: z.string(),
          image: z._default(z.string(), ''),
          ports: z._default(z.array(z.looseObject({ name: z._default(z.string(), ''), containerPort: z.number() })), []),
        }),
      )
      .check(z.minLength(1)),
  }),
  status: z.looseObject({ podIP: z.optional(z.string()) }),
});
export type PodObject = z.infer<typeof podObject>;
