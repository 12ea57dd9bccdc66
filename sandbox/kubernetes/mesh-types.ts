import { type ResourceType, resourceType } from './resource-type.ts';

/** The kinds that meshes define, in the versions that they store. The proxy obeys Istio's and the Gateway API's; the rest is there to be read. */

const custom = { custom: true };
const withoutStatus = { custom: true, statusSubresource: false };

const istioNetworking = 'networking.istio.io/v1';
export const virtualServices = resourceType(istioNetworking, 'VirtualService', 'virtualservices', custom);
export const destinationRules = resourceType(istioNetworking, 'DestinationRule', 'destinationrules', custom);

const gatewayApi = 'gateway.networking.k8s.io/v1';
export const gateways = resourceType(gatewayApi, 'Gateway', 'gateways', custom);
export const httpRoutes = resourceType(gatewayApi, 'HTTPRoute', 'httproutes', custom);
export const grpcRoutes = resourceType(gatewayApi, 'GRPCRoute', 'grpcroutes', custom);

const consul = 'consul.hashicorp.com/v1alpha1';
export const serviceResolvers = resourceType(consul, 'ServiceResolver', 'serviceresolvers', custom);
export const serviceSplitters = resourceType(consul, 'ServiceSplitter', 'servicesplitters', custom);

const istioSecurity = 'security.istio.io/v1';

export const meshTypes: readonly ResourceType[] = [
  virtualServices,
  destinationRules,
  resourceType(istioSecurity, 'AuthorizationPolicy', 'authorizationpolicies', custom),
  resourceType(istioSecurity, 'PeerAuthentication', 'peerauthentications', custom),
  resourceType(istioSecurity, 'RequestAuthentication', 'requestauthentications', custom),
  gateways,
  httpRoutes,
  grpcRoutes,
  resourceType('linkerd.io/v1alpha2', 'ServiceProfile', 'serviceprofiles', withoutStatus),
  resourceType('policy.linkerd.io/v1beta3', 'Server', 'servers', withoutStatus),
  serviceSplitters,
  serviceResolvers,
  resourceType(consul, 'ServiceRouter', 'servicerouters', custom),
  resourceType(consul, 'ServiceIntentions', 'serviceintentions', custom),
];
