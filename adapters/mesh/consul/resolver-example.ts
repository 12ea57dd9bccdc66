import type { RouteTarget } from '../../../core/ports.ts';
import { subsetsOf } from './splitter.ts';

/** The ServiceResolver that a rollout needs, as a remedy under one sentence. */
export function splitterResolver(name: string, target: RouteTarget): string {
  const { stable, canary } = subsetsOf(target);
  return `Let it be so:
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceResolver
metadata: { name: ${name}, namespace: ${target.namespace} }
spec:
  defaultSubset: ${stable}
  subsets:
    ${stable}: { filter: 'Service.Meta["k8s-service-name"] == "${target.stableService}"' }
    ${canary}: { filter: 'Service.Meta["k8s-service-name"] == "${target.canaryService}"' }`;
}
