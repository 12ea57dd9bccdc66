import * as z from 'zod/mini';
import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import type { RouteObject } from '../route-dialect.ts';
import { isServiceParent, parentRefsOf } from './status.ts';

const serviceSpec = z.looseObject({ ports: z.optional(z.array(z.looseObject({ port: z.int() }))) });

/** The Services that routes have to do with: stable's, and those that are parents. */
export interface ServicesFound {
  /** Undefined where it is not there, or may not be read: then `unread` says so. */
  find(namespace: string, name: string): KubernetesObject | undefined;
  isUnread(namespace: string, name: string): boolean;
  readonly unread: readonly Finding[];
}

export async function readServices(api: KubernetesApi, objects: readonly RouteObject[], target: RouteTarget): Promise<ServicesFound> {
  const wanted = new Set([`${target.namespace}/${target.stableService}`]);
  for (const { object } of objects) {
    for (const ref of parentRefsOf(object).filter(isServiceParent)) wanted.add(`${ref.namespace ?? target.namespace}/${ref.name}`);
  }
  const found = new Map<string, KubernetesObject | undefined>();
  const unread: Finding[] = [];
  for (const key of wanted) {
    const [namespace = '', name = ''] = key.split('/');
    try {
      found.set(key, await api.read({ apiVersion: 'v1', resource: 'services', namespace, name }));
    } catch (error) {
      if (!(error instanceof ClusterForbiddenError)) throw error;
      const message = 'Its ports and labels could not be looked at: Sluice may not read it.';
      unread.push({ severity: 'unread', subject: `Service ${key}`, message, remedy: `Allow get on services in ${namespace}.` });
    }
  }
  return {
    find: (namespace, name) => found.get(`${namespace}/${name}`),
    isUnread: (namespace, name) => !found.has(`${namespace}/${name}`),
    unread,
  };
}

export function hasPort(service: KubernetesObject, port: number): boolean {
  const parsed = serviceSpec.safeParse(service['spec']);
  return parsed.success && (parsed.data.ports ?? []).some((one) => one.port === port);
}
