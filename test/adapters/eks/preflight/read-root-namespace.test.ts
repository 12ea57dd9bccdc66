import { describe, expect, it } from 'vitest';
import { readRootNamespace } from '../../../../adapters/eks/preflight/read-root-namespace.ts';
import { unreadRootFinding } from '../../../../adapters/eks/preflight/unread-finding.ts';
import { ClusterForbiddenError, ClusterUnavailableError, InvalidInputError } from '../../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject } from '../../../../core/ports.ts';

const strict: KubernetesObject = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'mesh-policies' },
  spec: { mtls: { mode: 'STRICT' } },
};

const meshConfig = (mesh: unknown): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio', namespace: 'istio-system' },
  data: { mesh },
});

const forbidden = () => Promise.reject(new ClusterForbiddenError('No.', { remedy: 'Allow it.' }));

/** A cluster that answers these, and notes what it is asked for. */
function clusterWith({ read = async () => undefined, list = async () => [] }: Partial<Pick<KubernetesApi, 'read' | 'list'>>) {
  const asked: string[] = [];
  const notAsked = () => Promise.reject(new Error('nothing was to be written'));
  const api: KubernetesApi = {
    read: (ref) => {
      asked.push(`get ${ref.resource} ${ref.namespace}/${ref.name}`);
      return read(ref);
    },
    list: (ref, labels) => {
      asked.push(`list ${ref.resource} ${ref.namespace}`);
      return list(ref, labels);
    },
    write: notAsked,
    remove: notAsked,
  };
  return { api, asked };
}

describe('the policies of the whole mesh', () => {
  it('are those of the namespace that the MeshConfig names', async () => {
    const { api, asked } = clusterWith({
      read: async () => meshConfig('rootNamespace: mesh-policies\n'),
      list: async ({ resource }) => (resource === 'peerauthentications' ? [strict] : []),
    });
    const { rootNamespace, meshWide, unread } = await readRootNamespace(api, 'shop');
    expect({ rootNamespace, unread }).toEqual({ rootNamespace: 'mesh-policies', unread: [] });
    expect(meshWide).toMatchObject({ authorizationPolicies: [], requestAuthentications: [], peerAuthentications: [strict] });
    expect(asked).toEqual([
      'get configmaps istio-system/istio',
      'list authorizationpolicies mesh-policies',
      'list peerauthentications mesh-policies',
      'list requestauthentications mesh-policies',
    ]);
  });

  it.each([
    ['is none', async () => undefined, []],
    ['may not be read', forbidden, [{ kind: 'ConfigMap', name: 'istio', why: 'forbidden' }]],
    [
      'does not come',
      () => Promise.reject(new ClusterUnavailableError('It answered 503.', { remedy: 'Wait.' })),
      [{ kind: 'ConfigMap', why: 'unavailable' }],
    ],
    ['is none that is known', async () => meshConfig(42), [{ kind: 'ConfigMap', why: 'unknownShape' }]],
  ])('are looked for where they usually are, where the MeshConfig %s', async (_what, read, unread) => {
    const { api, asked } = clusterWith({ read });
    expect(await readRootNamespace(api, 'shop')).toMatchObject({ rootNamespace: 'istio-system', unread });
    expect(asked).toContain('list peerauthentications istio-system');
  });

  it('are not read twice for a service of that namespace', async () => {
    const { api, asked } = clusterWith({ read: async () => meshConfig('rootNamespace: shop\n') });
    expect(await readRootNamespace(api, 'shop')).toMatchObject({ meshWide: { peerAuthentications: [] }, unread: [] });
    expect(asked).toHaveLength(1);
  });

  it('leave open whether plain text is taken where they may not be read', async () => {
    const { api } = clusterWith({ list: forbidden });
    const { meshWide, unread } = await readRootNamespace(api, 'shop');
    expect(meshWide.peerAuthentications).toBeUndefined();
    expect(unread.map(({ kind }) => kind)).toEqual(['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication']);
  });

  it('are not made up where asking itself was wrong', async () => {
    const wrong = () => Promise.reject(new InvalidInputError('That is no name.', { remedy: 'Name one.' }));
    await expect(readRootNamespace(clusterWith({ read: wrong }).api, 'shop')).rejects.toThrow(InvalidInputError);
  });
});

describe('what was not looked at of them', () => {
  it('is told with the Role that would allow it', async () => {
    const { api } = clusterWith({ read: forbidden, list: forbidden });
    const { rootNamespace, unread } = await readRootNamespace(api, 'shop');
    expect(unreadRootFinding(unread, rootNamespace)).toEqual([
      {
        severity: 'unread',
        subject: 'namespace istio-system',
        message: 'Not looked at: ConfigMap, AuthorizationPolicy, PeerAuthentication, RequestAuthentication may not be read.',
        remedy: expect.stringContaining(
          [
            'kind: Role',
            'metadata:',
            '  name: sluice-root-namespace',
            '  namespace: istio-system',
            'rules:',
            "  - apiGroups: ['']",
            '    resources: [configmaps]',
            '    resourceNames: [istio]',
            '    verbs: [get]',
            '  - apiGroups: [security.istio.io]',
            '    resources: [authorizationpolicies, peerauthentications, requestauthentications]',
            '    verbs: [list]',
          ].join('\n'),
        ),
      },
    ]);
  });

  it('is nothing where all was', () => {
    expect(unreadRootFinding([], 'istio-system')).toEqual([]);
  });
});
