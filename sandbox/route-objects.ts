import { backendsOf, hostOf, type ServiceSetup, sideLabel, sidesOf, virtualServicesOf } from './service-objects.ts';

/** The route objects of all services, and what these depend on. */
export function routesOf(services: readonly ServiceSetup[]): unknown[] {
  const ofIstio = services.filter(({ mesh }) => mesh !== 'gatewayApi');
  const ofGateways = services.filter(({ mesh }) => mesh === 'gatewayApi');
  const names = [...new Set(ofGateways.map(({ virtualService }) => virtualService))];
  return [
    ...ofIstio.filter(({ mesh }) => mesh === 'istioSubsets').flatMap(subsetObjects),
    ...virtualServicesOf(ofIstio),
    ...names.flatMap((name) =>
      gatewayObjects(
        name,
        ofGateways.filter(({ virtualService }) => virtualService === name),
      ),
    ),
  ];
}

/** The Service over both sides, and the DestinationRule that tells its pods apart. */
function subsetObjects({ name, namespace }: ServiceSetup): unknown[] {
  const host = sidesOf(name);
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: host, namespace },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: host, namespace },
      spec: { host, subsets: ['stable', 'canary'].map((side) => ({ name: side, labels: { [sideLabel]: side } })) },
    },
  ];
}

/** An HTTPRoute with a rule per service, and the Gateway that takes it. */
function gatewayObjects(name: string, services: readonly ServiceSetup[]): unknown[] {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  const namespace = services[0]?.namespace;
  const gateway = `${name}-gateway`;
  return [
    {
      apiVersion,
      kind: 'Gateway',
      metadata: { name: gateway, namespace },
      spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
    {
      apiVersion,
      kind: 'HTTPRoute',
      metadata: { name, namespace, annotations: { team: 'shop' } },
      spec: {
        parentRefs: [{ name: gateway }],
        hostnames: [hostOf(name)],
        rules: services.map((service) => ({
          name: service.name,
          matches: [{ path: { type: 'PathPrefix', value: service.pathPrefix } }],
          backendRefs: backendsOf(service).map((backend) => ({ ...backend, port: 80 })),
          timeouts: { request: '5s' },
        })),
      },
    },
  ];
}
