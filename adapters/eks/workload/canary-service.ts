import type { KubernetesObject } from '../../../core/ports.ts';
import { copyAnnotations, copyLabels } from './copied-metadata.ts';
import { type Owner, sideLabel, type WorkloadNames } from './names.ts';
import { ownerAnnotations } from './ownership.ts';
import type { Service } from './schemas.ts';

/** What stable's Service got allocated, or what opens it to the world. */
const leftOut = new Set([
  'type',
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'externalName',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'allocateLoadBalancerNodePorts',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  // It would count pods that are not ready among the ready endpoints, which T1 forbids.
  'publishNotReadyAddresses',
]);

/** The canary's Service: stable's ports by the same names and protocols, inside the cluster only, for the other side's pods. */
export function canaryService(stable: Service, wanted: Pick<WorkloadNames, 'namespace' | 'canaryService'> & Owner): KubernetesObject {
  const kept = Object.fromEntries(Object.entries(stable.spec).filter(([field]) => !leftOut.has(field)));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: wanted.canaryService,
      namespace: wanted.namespace,
      labels: { ...copyLabels(stable.metadata.labels), [sideLabel]: 'canary' },
      annotations: { ...copyAnnotations(stable.metadata.annotations), ...ownerAnnotations(wanted) },
    },
    spec: {
      ...kept,
      type: 'ClusterIP',
      selector: { ...stable.spec.selector, [sideLabel]: 'canary' },
      ports: (stable.spec.ports ?? []).map(({ nodePort: _nodePort, ...port }) => port),
    },
  };
}
