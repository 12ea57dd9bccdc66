import * as z from 'zod/mini';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Settlement } from '../route-dialect.ts';
import { nameOf } from './splitter.ts';

const status = z.looseObject({
  conditions: z.optional(
    z.array(z.looseObject({ type: z.string(), status: z.string(), reason: z.optional(z.string()), message: z.optional(z.string()) })),
  ),
});

/**
 * Why Consul does not act by an object, or undefined where it does. Its servers do not read Kubernetes: consul-k8s brings the object to them,
 * and says in the condition `Synced` whether they took it. It says so for the object, not for one generation of it.
 *
 * @example notSynced(object) // 'ExternallyManagedConfigError: config entry already exists in Consul'
 */
export function notSynced(object: KubernetesObject): string | undefined {
  const parsed = status.safeParse(object['status']);
  const synced = parsed.success ? parsed.data.conditions?.find(({ type }) => type === 'Synced') : undefined;
  if (synced === undefined) return 'consul-k8s has not said yet that it brought it to Consul';
  if (synced.status === 'True') return undefined;
  const told = [synced.reason, synced.message].filter((text) => text !== undefined && text !== '');
  return told.length === 0 ? `its condition Synced is ${synced.status}` : told.join(': ');
}

/**
 * Whether Consul goes by what was written. While consul-k8s has yet to bring it there, the condition still is that of what was before: a refusal
 * is seen here, and that something arrives late is seen by those who measure the canary's share.
 */
export function settled(splitter: KubernetesObject, target: RouteTarget): Settlement {
  const why = notSynced(splitter);
  return why === undefined ? 'settled' : { pending: `Consul does not go by ${nameOf(splitter, target)}: ${why}` };
}
