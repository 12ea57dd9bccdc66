import { describe, expect, it } from 'vitest';
import type { KubernetesApi } from '../../../core/ports.ts';
import { inspectRollout } from '../../../runtime/acts/inspect-rollout.ts';
import { closeCluster, inspect, of, start } from './inspected-service.ts';
import { type Manifest, object, specWith } from './service-in-cluster.ts';

describe('the policies of the whole mesh', () => {
  const ofMesh = (kind: string, spec: Manifest) => ({
    ...object('security.istio.io/v1', kind, spec),
    metadata: { name: 'default', namespace: 'istio-system' },
  });
  const onStable = { selector: { matchLabels: { 'sluice.dev/side': 'stable' } } };
  const permissive = object('security.istio.io/v1', 'PeerAuthentication', { ...onStable, mtls: { mode: 'PERMISSIVE' } });

  it('are looked at where they tell the sides apart', async () => {
    const found = await inspect(ofMesh('AuthorizationPolicy', { ...onStable, action: 'DENY', rules: [{}] }));
    expect(found).toMatchObject([{ severity: 'refusal', subject: 'AuthorizationPolicy istio-system/default' }]);
  });

  it('say what the canary comes by where a policy is on stable alone', async () => {
    expect(await inspect(permissive)).toEqual([]);
    await closeCluster();
    expect(await inspect(permissive, ofMesh('PeerAuthentication', { mtls: { mode: 'STRICT' } }))).toMatchObject([
      {
        severity: 'warning',
        subject: 'PeerAuthentication shop/checkout',
        message: expect.stringContaining('refuses plain text, which stable takes'),
      },
    ]);
  });

  const ofNamespace = {
    authenticate: () => ({ user: 'me', groups: [] }),
    authorize: (_: unknown, at: { namespace: string }) => at.namespace === 'shop',
  };

  it('are named as unread where the Role is of the namespace of the service alone, and nothing is refused for it', async () => {
    const { api, kubernetes } = await start();
    kubernetes.access = ofNamespace;
    const [found, ...more] = await inspectRollout(api, specWith());
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      severity: 'unread',
      subject: 'namespace istio-system',
      message: 'Not looked at: ConfigMap, AuthorizationPolicy, PeerAuthentication, RequestAuthentication may not be read.',
      remedy: expect.stringContaining('kind: Role\nmetadata:\n  name: sluice-root-namespace\n  namespace: istio-system\n'),
    });
  });

  it.each([
    ['istio.io/gateway-controller', ['namespace istio-system']],
    ['linkerd.io/policy-controller', []],
  ])('of a route of the Gateway API are missed where %s serves it: %j', async (controllerName, subjects) => {
    const parentRef = { kind: 'Service', name: 'checkout', port: 80 };
    const spec = { parentRefs: [parentRef], rules: [{ backendRefs: [{ name: 'checkout', port: 80 }] }] };
    const { api, kubernetes } = await start(object('gateway.networking.k8s.io/v1', 'HTTPRoute', spec));
    kubernetes.access = ofNamespace;
    // The sandbox's controllers are Istio's.
    const servedBy: KubernetesApi = {
      ...{ write: (write) => api.write(write), remove: (ref, preconditions) => api.remove(ref, preconditions) },
      list: (ref, labels) => api.list(ref, labels),
      read: async (ref) => {
        const found = await api.read(ref);
        return ref.resource === 'httproutes' && found !== undefined
          ? { ...found, status: { parents: [{ parentRef, controllerName }] } }
          : found;
      },
    };
    const found = await inspectRollout(servedBy, specWith({ router: { kind: 'gatewayApi', routes: [{ httpRoute: 'checkout' }] } }));
    const unread = of('unread', found).map(({ subject }) => subject);
    expect(unread.filter((subject) => subject.startsWith('namespace '))).toEqual(subjects);
  });
});
