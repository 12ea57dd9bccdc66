import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { rbacManifests } from '../../stacks/cluster-access/rbac.ts';
import type { RunNames } from './names.ts';

const sideLabel = 'sluice.dev/side';

export interface WorkloadFacts {
  /** By digest. */
  readonly image: string;
  readonly port: number;
}

/** The label by which somebody who finds the namespace knows what made it. */
export const runLabel = 'sluice.dev/test-run';

export function namespaceOf({ namespace, id }: RunNames): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { [runLabel]: id } } };
}

const manifest = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

/** What Sluice may do in the namespace: the file that is applied by hand, for the group of this deployment's access entries. */
export function rbacOf({ namespace, prefix }: RunNames): KubernetesObject[] {
  return rbacManifests([namespace], prefix).map((object) => manifest.parse(object));
}

/**
 * A service as its team has it after onboarding: stable's pods and its Service's selector carry the side label. Nothing calls it; the mesh
 * is asked to route and has nothing to route, so no sidecar is needed.
 */
export function workloadOf({ namespace, service: name }: RunNames, { image, port }: WorkloadFacts): KubernetesObject[] {
  const labels = { app: name, [sideLabel]: 'stable' };
  const metadata = { name, namespace };
  const container = {
    name,
    image,
    ports: [{ name: 'http', containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 2 },
    resources: { requests: { cpu: '50m', memory: '64Mi' } },
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 5, containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata,
      spec: { hosts: [name], http: [{ name, route: [{ destination: { host: name } }] }] },
    },
  ];
}
