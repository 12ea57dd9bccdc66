import { expect } from 'vitest';
import type { KubernetesApi } from '../../../core/ports.ts';
import { isBench } from '../bench/attach.ts';
import { ports } from '../bench/supervisor/plan.ts';
import type { MeshCluster } from '../bench/types.ts';

/**
 * Sluice's own hand, which fails where Istio's validation would not let in what it wrote. A cluster with Istio asks that itself, by an admission
 * webhook, which the bench does not have: there istiod is asked the same afterwards.
 */
export function validated(cluster: MeshCluster): KubernetesApi {
  if (!isBench(cluster)) return cluster.sluice;
  const { sluice, istiodUrl } = cluster;
  const { hostname } = new URL(istiodUrl);
  const { read, list, remove } = sluice;
  return {
    read,
    list,
    remove,
    write: async (write) => {
      const result = await sluice.write(write);
      if (result.status !== 'written') return result;
      const { object } = result;
      const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: '1', operation: 'UPDATE', object } };
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`http://${hostname}:${ports.istiodHttp}/validate`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      const { response } = (await answer.json()) as { response: { allowed: boolean; status?: { message: string } } };
      expect({ allowed: response.allowed, said: response.status?.message }).toEqual({ allowed: true, said: undefined });
      return result;
    },
  };
}
