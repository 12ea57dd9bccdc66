import * as z from 'zod/mini';
import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { nameOf } from './virtual-service.ts';

const hosting = z.looseObject({ hosts: z._default(z.array(z.string()), []), gateways: z._default(z.array(z.string()), ['mesh']) });

/**
 * VirtualServices of the namespace that speak for the same host within the mesh as those that are to be steered. At a gateway Istio merges
 * them; a sidecar follows one and leaves out the other, and the weights of that one move nothing.
 * https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services
 *
 * @throws ClusterUnavailableError
 */
export async function inspectHosts(api: KubernetesApi, objects: readonly KubernetesObject[], target: RouteTarget): Promise<Finding[]> {
  const all = await listVirtualServices(api, target.namespace);
  if (all === undefined) {
    return [
      {
        severity: 'unread',
        subject: `VirtualServices of ${target.namespace}`,
        message: 'Sluice may not list them, so that it cannot tell whether two speak for the same host.',
        remedy: 'Allow the verb list on virtualservices in stacks/cluster-access/rbac.yaml.',
      },
    ];
  }
  return objects.flatMap((object) => {
    const hosts = meshHosts(object);
    const others = all.filter(
      (other) => other.metadata.name !== object.metadata.name && meshHosts(other).some((host) => hosts.includes(host)),
    );
    return others.map((other): Finding => {
      const shared = meshHosts(other).filter((host) => hosts.includes(host));
      return {
        severity: 'warning',
        subject: nameOf(object),
        message: `${nameOf(other)} speaks for ${shared.join(', ')} within the mesh too, and sidecars follow only one of the two.`,
        remedy: 'Put their rules into one VirtualService, or take mesh out of the gateways of the other.',
      };
    });
  });
}

async function listVirtualServices(api: KubernetesApi, namespace: string): Promise<KubernetesObject[] | undefined> {
  try {
    return await api.list({ apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace }, '');
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}

/** The hosts for which an object speaks to sidecars; a name without a dot is one of its own namespace. */
function meshHosts(object: KubernetesObject): string[] {
  const { success, data } = hosting.safeParse(object['spec']);
  if (!success || !(data.gateways.length === 0 || data.gateways.includes('mesh'))) return [];
  const { namespace = 'default' } = object.metadata;
  return data.hosts.map((host) => (host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`));
}
