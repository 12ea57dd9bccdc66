import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { nameOf } from './route-rules.ts';
import { hasPort, type ServicesFound } from './services.ts';
import { isServiceParent, type ParentRef, parentName, parentRefsOf } from './status.ts';

/**
 * The Services that a route is attached to. With a Gateway as parent a route steers what comes in from outside, with a Service as parent what
 * the mesh sends to that Service: https://gateway-api.sigs.k8s.io/mesh/
 */
export function inspectParents(object: KubernetesObject, target: RouteTarget, services: ServicesFound): Finding[] {
  return parentRefsOf(object)
    .filter(isServiceParent)
    .flatMap((ref) => inspectServiceParent(object, ref, target, services));
}

function inspectServiceParent(object: KubernetesObject, ref: ParentRef, target: RouteTarget, services: ServicesFound): Finding[] {
  const namespace = ref.namespace ?? target.namespace;
  const subject = nameOf(object);
  const name = parentName(ref, target.namespace);
  if (services.isUnread(namespace, ref.name)) return [];
  const service = services.find(namespace, ref.name);
  if (service === undefined) {
    const remedy = 'Correct parentRefs, or create the Service.';
    return [{ severity: 'refusal', subject, message: `Its parent ${name} does not exist.`, remedy }];
  }
  if (ref.port !== undefined && !hasPort(service, ref.port)) {
    const remedy = 'Name one of its ports, or none: then the route holds for all of them.';
    return [{ severity: 'refusal', subject, message: `Its parent ${name} has no such port.`, remedy }];
  }
  if (ref.name === target.stableService && namespace === target.namespace) return [];
  return [
    {
      severity: 'warning',
      subject,
      message: `It steers requests to ${namespace}/${ref.name}: those that callers send to ${target.stableService} itself all reach stable.`,
      remedy: `Add the Service ${target.stableService} to parentRefs if callers use it.`,
    },
  ];
}
