import { type Readiness, readReadiness } from '../../adapters/eks/workload/readiness.ts';
import type { OpenRollout } from './open-rollout.ts';

/** How far stable's pods are; undefined where its Deployment is gone. */
export function readStable({ api, names }: Pick<OpenRollout, 'api' | 'names'>): Promise<Readiness | undefined> {
  const { namespace, container, deployment, stableService } = names;
  return readReadiness(api, { namespace, container, deployment, service: stableService });
}

/** How far the canary's pods are; undefined where its Deployment is gone. */
export function readCanary(
  { api, names }: Pick<OpenRollout, 'api' | 'names'>,
  { countRestarts = false }: { readonly countRestarts?: boolean } = {},
): Promise<Readiness | undefined> {
  const { namespace, container, canaryDeployment, canaryService } = names;
  return readReadiness(api, { namespace, container, deployment: canaryDeployment, service: canaryService, countRestarts });
}
