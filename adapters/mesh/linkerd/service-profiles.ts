import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { isServiceParent, parentRefsOf } from '../gateway-api/status.ts';
import type { RouteObject } from '../route-dialect.ts';

/**
 * A ServiceProfile for the parent of a route takes precedence over the route for as long as it exists: no weight would move a request.
 * https://linkerd.io/2/reference/httproute/, and for its name https://linkerd.io/2/reference/service-profiles/
 */
export async function inspectServiceProfiles(api: KubernetesApi, objects: readonly RouteObject[], target: RouteTarget): Promise<Finding[]> {
  const parents = objects.flatMap(({ object }) => parentRefsOf(object).filter(isServiceParent));
  const services = new Map(parents.map(({ name, namespace = target.namespace }) => [`${namespace}/${name}`, { name, namespace }]));
  const findings = await Promise.all([...services.values()].map((service) => inspectServiceProfile(api, service)));
  return findings.flat();
}

async function inspectServiceProfile(
  api: KubernetesApi,
  service: { readonly name: string; readonly namespace: string },
): Promise<Finding[]> {
  const { namespace } = service;
  const name = `${service.name}.${namespace}.svc.cluster.local`;
  const subject = `ServiceProfile ${namespace}/${name}`;
  try {
    // Where the kind itself is not served the answer is 404 too.
    const found = await api.read({ apiVersion: 'linkerd.io/v1alpha2', resource: 'serviceprofiles', namespace, name });
    if (found === undefined) return [];
  } catch (error) {
    if (!(error instanceof ClusterForbiddenError)) throw error;
    const message = 'Whether it exists could not be looked at, and one would override the route: Sluice may not read it.';
    return [{ severity: 'unread', subject, message, remedy: `Allow get on serviceprofiles.linkerd.io in ${namespace}.` }];
  }
  return [
    {
      severity: 'refusal',
      subject,
      message: `It overrides every route of the Service ${service.name}: weights would move no request.`,
      remedy: `Move what it configures to the route, and delete it: kubectl --namespace ${namespace} delete serviceprofile ${name}.`,
    },
  ];
}
