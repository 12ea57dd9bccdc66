import { expect } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi, RouteTarget, SplitWrite } from '../../../../core/ports.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, type Rule, refTo, target, to, virtualService } from './virtual-services.ts';

export const beta: TrafficShape = { match: [{ header: { name: 'X-Beta', exact: 'yes' } }] };
export const sticky: TrafficShape = { affinity: { cookie: 'side', maxAgeSeconds: 60 } };
export const resilient: TrafficShape = { resilience: { timeoutSeconds: 5, retries: { attempts: 2, on: ['503', 'reset'] } } };
export const main: Rule = { name: 'main', route: [to('checkout')] };

export const step = (weight: number, shape: TrafficShape): SplitWrite => ({ split: splitAt(weight, 100), fence: 1, role: 'owner', shape });
export const door: SplitWrite = { split: splitAt(0, 100), fence: 2, role: 'door' };

export async function stepped(rules: readonly Rule[], write: SplitWrite, of: RouteTarget = target) {
  const api = await clusterWith(virtualService('checkout', rules));
  const router = createRouter('istio', api);
  await router.write(of, { split: splitAt(0, of.totalWeight), fence: 1, role: 'claim' });
  await router.write(of, write);
  return { api, router };
}

export const edit = async (api: KubernetesApi, path: string, value: unknown) => {
  const result = await api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: `/spec/http/${path}`, value }] });
  expect(result.status).toBe('written');
};
