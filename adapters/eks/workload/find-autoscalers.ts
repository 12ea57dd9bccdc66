import type { KubernetesApi } from '../../../core/ports.ts';
import { parseAs } from './parse-as.ts';
import { type Autoscaler, autoscaler } from './schemas.ts';

/** The HorizontalPodAutoscalers of a namespace. */
export async function listAutoscalers(api: KubernetesApi, namespace: string): Promise<Autoscaler[]> {
  const found = await api.list({ apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers', namespace }, '');
  return found.map((object) => parseAs(autoscaler, object));
}

/** Those of them that size one Deployment. */
export async function findAutoscalers(api: KubernetesApi, namespace: string, deployment: string): Promise<Autoscaler[]> {
  const all = await listAutoscalers(api, namespace);
  return all.filter((found) => sizes(found, deployment));
}

/** Whether an autoscaler sizes that Deployment; none does where no Deployment is named. */
export function sizes({ spec: { scaleTargetRef } }: Autoscaler, deployment: string | undefined): boolean {
  return scaleTargetRef.kind === 'Deployment' && scaleTargetRef.name === deployment;
}
