import * as z from 'zod/mini';
import { ClusterUnavailableError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import { shorten } from '../../../core/shorten.ts';

/** @throws ClusterUnavailableError where the object is not what its kind promises: then nothing is known about it. */
export function parseAs<T>(schema: z.ZodMiniType<T>, found: KubernetesObject): T {
  const read = schema.safeParse(found);
  if (read.success) return read.data;
  throw new ClusterUnavailableError(
    `${found.kind} ${found.metadata.namespace ?? ''}/${found.metadata.name} does not have the shape of its kind.`,
    {
      remedy: 'See whether this version of Kubernetes still serves it as Sluice reads it; the request is tried again.',
      cause: new Error(shorten(z.prettifyError(read.error), 2_000)),
    },
  );
}
