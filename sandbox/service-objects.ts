/** One service of the sandbox's cluster: a Deployment behind a Service, reached by a rule of a route object. */
export interface ServiceSetup {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** By digest. */
  readonly image: string;
  /**
   * What splits its traffic: a VirtualService between Services (where left out) or between subsets of one, or an HTTPRoute. Services with
   * the same route object have the same.
   */
  readonly mesh?: 'istio' | 'istioSubsets' | 'gatewayApi';
  /** The VirtualService or HTTPRoute that carries its traffic; services with the same one share it, a rule each. */
  readonly virtualService: string;
  /** What other services have in its rule, of 100; stable has the rest, and all where left out. */
  readonly beside?: Readonly<Record<string, number>>;
  /** Requests whose path begins with it are this service's. */
  readonly pathPrefix: string;
  /** Of its container. Where one service has any, cAdvisor tells of all. */
  readonly limits?: Readonly<Record<'cpu' | 'memory', string>>;
  /** With an autoscaler of at least so many replicas, where given. */
  readonly autoscalerMinReplicas?: number;
}

export const sideLabel = 'sluice.dev/side';

/** The manifests of a service, onboarded: stable's pods and its Service's selector carry the side label. */
export function manifestsOf(setup: ServiceSetup): unknown[] {
  const { name, namespace, replicas, image, limits, autoscalerMinReplicas } = setup;
  const labels = { app: name, [sideLabel]: 'stable' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { app: name, 'app.kubernetes.io/managed-by': 'Helm' } },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name, image, ports: [{ name: 'http', containerPort: 8080 }], ...(limits === undefined ? {} : { resources: { limits } }) },
          ],
        },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
  };
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: autoscalerMinReplicas,
      maxReplicas: replicas * 4,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
  };
  return [deployment, service, ...(autoscalerMinReplicas === undefined ? [] : [autoscaler])];
}

/** One VirtualService for each name, with a rule per service; the retries and time-outs are what must survive a rollout (T5). */
export function virtualServicesOf(services: readonly ServiceSetup[]): unknown[] {
  const names = [...new Set(services.map((service) => service.virtualService))];
  return names.map((name) => {
    const own = services.filter((service) => service.virtualService === name);
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace: own[0]?.namespace, annotations: { team: 'shop' } },
      spec: {
        hosts: [hostOf(name)],
        http: own.map((service) => ({
          name: service.name,
          match: [{ uri: { prefix: service.pathPrefix } }],
          route: backendsOf(service).map(({ name: host, ...weight }) => ({
            destination: service.mesh === 'istioSubsets' && host === service.name ? { host: sidesOf(host), subset: 'stable' } : { host },
            ...weight,
          })),
          timeout: '5s',
          retries: { attempts: 0 },
        })),
      },
    };
  });
}

/** What a service's rule leads to, before any rollout. A single backend has no weight. */
export function backendsOf({ name, beside = {} }: ServiceSetup): { readonly name: string; readonly weight?: number }[] {
  const others = Object.entries(beside).map(([other, weight]) => ({ name: other, weight }));
  if (others.length === 0) return [{ name }];
  return [{ name, weight: 100 - others.reduce((sum, { weight }) => sum + weight, 0) }, ...others];
}

/** The Service over both sides of a service in subset mode. */
export function sidesOf(service: string): string {
  return `${service}-sides`;
}

export function hostOf(route: string): string {
  return `${route}.example.com`;
}
