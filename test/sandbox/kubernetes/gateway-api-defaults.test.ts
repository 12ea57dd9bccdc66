import { describe, expect, it } from 'vitest';
import { ref, withCluster } from './cluster-for-tests.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const route = (spec: object, kind = 'HTTPRoute') => ({ apiVersion, kind, metadata: { name: 'shop', namespace: 'shop' }, spec });

describe('a route of the Gateway API is stored', () => {
  it('with what its definition fills in, as the API server does', () =>
    withCluster(async ({ cluster }) => {
      const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'copy', port: 80 } } }];
      const matches = [
        { headers: [{ name: 'x-user', value: 'ann' }] },
        { path: { value: '/a' }, queryParams: [{ name: 'a', value: '1' }] },
      ];
      cluster.apply(
        route({ parentRefs: [{ name: 'edge' }], rules: [{ matches, filters, backendRefs: [{ name: 'checkout', port: 80 }] }] }),
      );
      expect(cluster.get(ref(apiVersion, 'httproutes', 'shop'))?.['spec']).toEqual({
        parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }],
        rules: [
          {
            matches: [
              { path: { type: 'PathPrefix', value: '/' }, headers: [{ type: 'Exact', name: 'x-user', value: 'ann' }] },
              { path: { type: 'PathPrefix', value: '/a' }, queryParams: [{ type: 'Exact', name: 'a', value: '1' }] },
            ],
            filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { group: '', kind: 'Service', name: 'copy', port: 80 } } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'checkout', port: 80, weight: 1 }],
          },
        ],
      });
    }));

  it('with a match for everything where it has none, and for GRPC without', () =>
    withCluster(async ({ cluster }) => {
      const rules = [{ backendRefs: [{ group: '', kind: 'Service', name: 'checkout', port: 80, weight: 0 }] }];
      cluster.apply(route({ rules }));
      cluster.apply(route({ rules }, 'GRPCRoute'));
      const matches = [{ path: { type: 'PathPrefix', value: '/' } }];
      expect(cluster.get(ref(apiVersion, 'httproutes', 'shop'))?.['spec']).toEqual({ rules: [{ matches, ...rules[0] }] });
      expect(cluster.get(ref(apiVersion, 'grpcroutes', 'shop'))?.['spec']).toEqual({ rules });
    }));

  it.each([
    ['a negative weight', { rules: [{ backendRefs: [{ name: 'checkout', weight: -1 }] }] }],
    ['a weight above a million', { rules: [{ backendRefs: [{ name: 'checkout', weight: 1_000_001 }] }] }],
    ['a weight that is no whole number', { rules: [{ backendRefs: [{ name: 'checkout', weight: 0.5 }] }] }],
    ['more than 16 rules', { rules: Array.from({ length: 17 }, () => ({})) }],
  ])('not with %s', (_, spec) =>
    withCluster(async ({ cluster }) => {
      expect(() => cluster.apply(route(spec))).toThrow('is invalid');
    }),
  );
});
