import { checkoutOn } from '../../scenarios/meshes.ts';
import type { BaseRun } from '../base-run.ts';
import { whenEnded } from '../moments.ts';
import { baseRun, type Hands } from './usual.ts';

const push = async ({ stage }: Hands): Promise<void> => {
  stage.push('v2');
  await whenEnded(stage);
};

const promoted = baseRun({ name: 'promoted', title: 'A push is rolled out and promoted', ends: ['succeeded'], tell: push });

const byHttpRoute = baseRun({
  name: 'promoted-by-an-http-route',
  title: 'The same, by an HTTPRoute',
  services: checkoutOn('gatewayApi'),
  ends: ['succeeded'],
  tell: push,
});

const bySubsets = baseRun({
  name: 'promoted-by-subsets',
  title: 'The same, between the subsets of a DestinationRule',
  services: checkoutOn('istioSubsets'),
  ends: ['succeeded'],
  tell: push,
});

const withPolicies = baseRun({
  name: 'promoted-with-policies',
  title: 'The same, with a DestinationRule for stable, which the canary gets a copy of',
  ends: ['succeeded'],
  tell: async (hands) => {
    const metadata = { name: 'checkout', namespace: 'shop' };
    const spec = { host: 'checkout', trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 64 } } } };
    hands.sandbox.kubernetes.apply({ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec });
    await push(hands);
    hands.stage.outside((kubernetes) =>
      kubernetes.delete({ apiVersion: 'networking.istio.io/v1', resource: 'destinationrules', ...metadata }),
    );
  },
});

const pushLost = baseRun({
  name: 'push-lost',
  title: 'The event of the push is lost: the sweep starts the rollout',
  ends: ['succeeded'],
  tell: async (hands) => {
    hands.sandbox.bus.injectFault({ kind: 'drop', pattern: { source: ['aws.ecr'], detail: { 'image-tag': ['v2'] } } });
    await push(hands);
  },
});

export const toTheEnd: readonly BaseRun[] = [promoted, byHttpRoute, bySubsets, withPolicies, pushLost];
