import * as z from 'zod/mini';
import type { Finding } from '../finding.ts';
import type { Labels } from '../label-selector.ts';
import type { Sides } from '../sides.ts';
import { metadata, subjectOf } from './policy-metadata.ts';

export const serviceIntentions = z.looseObject({
  metadata,
  spec: z.looseObject({ destination: z.nullish(z.looseObject({ name: z.nullish(z.string()) })) }),
});
export type ServiceIntentions = z.infer<typeof serviceIntentions>;

/** The service that a pod registers as, where it is not called like its Kubernetes Service. */
export const connectServiceAnnotation = 'consul.hashicorp.com/connect-service';

/**
 * Intentions are about a service by its name in Consul. Pods that do not say which service they are take the name of their Kubernetes Service,
 * and the canary's has another.
 * Source: https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels
 */
export function intentionFindings(found: readonly ServiceIntentions[], sides: Sides, annotations: Labels): Finding[] {
  if (annotations[connectServiceAnnotation] !== undefined) return [];
  const destinations = found.map(({ spec }) => spec.destination?.name ?? '');
  if (destinations.includes(sides.canaryService) || destinations.includes('*')) return [];
  return found
    .filter((_, index) => destinations[index] === sides.stableService)
    .map(({ metadata }) => ({
      severity: 'refusal' as const,
      subject: subjectOf('ServiceIntentions', metadata),
      message: `It is about the service ${sides.stableService}, and the canary's pods would register as ${sides.canaryService}.`,
      remedy: `Say in the pod template of Deployment ${sides.deployment} which service its pods are, so that both sides are the same one:\nspec:\n  template:\n    metadata:\n      annotations:\n        ${connectServiceAnnotation}: ${sides.stableService}`,
    }));
}
