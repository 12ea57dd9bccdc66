import { describe, expect, it } from 'vitest';
import { type ClusterForTests, ref, service, withCluster } from './cluster-for-tests.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const routeRef = ref(apiVersion, 'httproutes', 'shop');

const gateway = (...listeners: object[]) => ({
  apiVersion,
  kind: 'Gateway',
  metadata: { name: 'edge', namespace: 'shop' },
  spec: { gatewayClassName: 'istio', listeners: listeners.length > 0 ? listeners : [{ name: 'http', port: 80, protocol: 'HTTP' }] },
});

const route = (spec: object = {}, kind = 'HTTPRoute') => ({
  apiVersion,
  kind,
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: [{ name: 'checkout', port: 80 }] }], ...spec },
});

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

type Parent = { readonly parentRef: { readonly name: string }; readonly conditions: readonly Condition[] };

function parentsOf({ cluster }: ClusterForTests, of = routeRef): readonly Parent[] {
  const { parents = [] } = (cluster.get(of)?.['status'] ?? {}) as { parents?: Parent[] };
  return parents;
}

const reasonsOf = (parent: Parent | undefined) => parent?.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('the status of a route', () => {
  it.each<[string, object[], object, string[]]>([
    ['is accepted and resolved', [], {}, ['Accepted=True Accepted', 'ResolvedRefs=True ResolvedRefs']],
    [
      'names a backend that is not there',
      [],
      { rules: [{ backendRefs: [{ name: 'nobody', port: 80 }] }] },
      ['Accepted=True Accepted', 'ResolvedRefs=False BackendNotFound'],
    ],
    [
      'names a mirror that is not there',
      [],
      {
        rules: [
          {
            filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'nobody', port: 80 } } }],
            backendRefs: [{ name: 'checkout', port: 80 }],
          },
        ],
      },
      ['Accepted=True Accepted', 'ResolvedRefs=False BackendNotFound'],
    ],
    [
      'names a backend of another kind',
      [],
      { rules: [{ backendRefs: [{ kind: 'Bucket', name: 'checkout' }] }] },
      ['Accepted=True Accepted', 'ResolvedRefs=False InvalidKind'],
    ],
    [
      'names a backend of another namespace',
      [],
      { rules: [{ backendRefs: [{ name: 'checkout', namespace: 'other', port: 80 }] }] },
      ['Accepted=True Accepted', 'ResolvedRefs=False RefNotPermitted'],
    ],
    [
      'wants a listener that is not there',
      [],
      { parentRefs: [{ name: 'edge', sectionName: 'https' }] },
      ['Accepted=False NoMatchingParent', 'ResolvedRefs=True ResolvedRefs'],
    ],
    [
      'has no host of the listener',
      [{ name: 'http', port: 80, protocol: 'HTTP', hostname: 'a.example.com' }],
      { hostnames: ['b.example.com'] },
      ['Accepted=False NoMatchingListenerHostname', 'ResolvedRefs=True ResolvedRefs'],
    ],
  ])('%s', (_, listeners, spec, expected) =>
    withCluster(async (cluster) => {
      for (const object of [service('checkout'), gateway(...listeners), route(spec)]) cluster.cluster.apply(object);
      await cluster.pass(1);
      expect(reasonsOf(parentsOf(cluster)[0])).toEqual(expected);
    }),
  );

  it('has an entry for each parent that is there, also for a Service, and none for others', () =>
    withCluster(async (cluster) => {
      const parentRefs = [{ name: 'edge' }, { name: 'nobody' }, { group: '', kind: 'Service', name: 'checkout', port: 80 }];
      for (const object of [service('checkout'), gateway(), route({ parentRefs })]) cluster.cluster.apply(object);
      await cluster.pass(1);
      expect(parentsOf(cluster)).toMatchObject([
        { parentRef: { kind: 'Gateway', name: 'edge' }, controllerName: 'istio.io/gateway-controller' },
        { parentRef: { kind: 'Service', name: 'checkout', port: 80 }, controllerName: 'istio.io/mesh-controller' },
      ]);
    }));

  it('is that of the present generation, with the time at which it last changed', () =>
    withCluster(async (cluster) => {
      for (const object of [service('checkout'), gateway(), route()]) cluster.cluster.apply(object);
      await cluster.pass(5000);
      const [before] = parentsOf(cluster)[0]?.conditions ?? [];
      cluster.cluster.patch(routeRef, [{ op: 'replace', path: '/spec/rules/0/backendRefs/0/name', value: 'nobody' }]);
      await cluster.pass(1);
      const [accepted, resolved] = parentsOf(cluster)[0]?.conditions ?? [];
      expect(accepted).toEqual({ ...before, observedGeneration: 2 });
      expect(resolved).toMatchObject({ reason: 'BackendNotFound', observedGeneration: 2 });
      expect(resolved?.lastTransitionTime).not.toBe(before?.lastTransitionTime);
    }));

  it('follows a Service that comes and goes', () =>
    withCluster(async (cluster) => {
      for (const object of [gateway(), route()]) cluster.cluster.apply(object);
      await cluster.pass(1);
      expect(reasonsOf(parentsOf(cluster)[0])?.[1]).toBe('ResolvedRefs=False BackendNotFound');
      cluster.cluster.apply(service('checkout'));
      await cluster.pass(1);
      expect(reasonsOf(parentsOf(cluster)[0])?.[1]).toBe('ResolvedRefs=True ResolvedRefs');
      cluster.cluster.delete(ref('v1', 'services', 'checkout'));
      await cluster.pass(1);
      expect(reasonsOf(parentsOf(cluster)[0])?.[1]).toBe('ResolvedRefs=False BackendNotFound');
    }));

  it('is there for the next request after a write, though no time has passed', () =>
    withCluster(async (cluster) => {
      cluster.cluster.apply(service('checkout'));
      cluster.cluster.apply(gateway());
      const path = '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes';
      await cluster.request('POST', path, route());
      const { body } = await cluster.request('GET', `${path}/shop`);
      expect(body['status']).toMatchObject({ parents: [{ conditions: [{ observedGeneration: 1 }, { observedGeneration: 1 }] }] });
    }));

  it('is kept for GRPCRoutes too', () =>
    withCluster(async (cluster) => {
      for (const object of [service('checkout'), gateway(), route({}, 'GRPCRoute')]) cluster.cluster.apply(object);
      await cluster.pass(1);
      expect(reasonsOf(parentsOf(cluster, ref(apiVersion, 'grpcroutes', 'shop'))[0])).toEqual([
        'Accepted=True Accepted',
        'ResolvedRefs=True ResolvedRefs',
      ]);
    }));
});

describe('the status of other objects of a mesh', () => {
  it('says of a Gateway that it is programmed, and of a ServiceSplitter that it is synced', () =>
    withCluster(async ({ cluster, pass }) => {
      const splitter = {
        apiVersion: 'consul.hashicorp.com/v1alpha1',
        kind: 'ServiceSplitter',
        metadata: { name: 'checkout', namespace: 'shop' },
        spec: { splits: [{ weight: 100, serviceSubset: 'stable' }] },
      };
      cluster.apply(gateway());
      cluster.apply(splitter);
      await pass(1);
      expect(cluster.get(ref(apiVersion, 'gateways', 'edge'))?.['status']).toMatchObject({
        conditions: [
          { type: 'Accepted', status: 'True', observedGeneration: 1 },
          { type: 'Programmed', status: 'True', observedGeneration: 1 },
        ],
      });
      const synced = cluster.get(ref(splitter.apiVersion, 'servicesplitters', 'checkout'))?.['status'];
      expect(synced).toEqual({ conditions: [{ type: 'Synced', status: 'True', lastTransitionTime: expect.any(String) }] });
    }));
});
