/** One service of the sandbox's cluster: a Deployment behind a Service, reached by a rule of a VirtualService. */
export interface ServiceSetup {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** By digest. */
  readonly image: string;
  /** The VirtualService that carries its traffic; services with the same one share it, a rule each. */
  readonly virtualService: string;
  /** Requests whose path begins with it are this service's. */
  readonly pathPrefix: string;
  /** With an autoscaler of at least so many replicas, where given. */
  readonly autoscalerMinReplicas?: number;
}

const sideLabel = 'sluice.dev/side';

/** The manifests of a service, onboarded: stable's pods and its Service's selector carry the side label. */
export function manifestsOf(setup: ServiceSetup): unknown[] {
  const { name, namespace, replicas, image, autoscalerMinReplicas } = setup;
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
        spec: { containers: [{ name, image, ports: [{ name: 'http', containerPort: 8080 }] }] },
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
          route: [{ destination: { host: service.name } }],
          timeout: '5s',
          retries: { attempts: 0 },
        })),
      },
    };
  });
}

export function hostOf(virtualService: string): string {
  return `${virtualService}.example.com`;
}
