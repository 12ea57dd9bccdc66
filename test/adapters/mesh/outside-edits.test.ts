import { trafficRouterEditsContract } from '../../contract/traffic-router-edits.ts';
import { consulInSandbox, gatewayInSandbox, istioInSandbox } from './edited-routes.ts';

trafficRouterEditsContract("Istio, in the sandbox's API,", 'istio', istioInSandbox);
trafficRouterEditsContract("Gateway API, in the sandbox's API,", 'gatewayApi', () => gatewayInSandbox('gatewayApi'));
trafficRouterEditsContract("Linkerd, in the sandbox's API,", 'linkerd', () => gatewayInSandbox('linkerd'));
trafficRouterEditsContract("Consul, in the sandbox's API,", 'consul', consulInSandbox);
