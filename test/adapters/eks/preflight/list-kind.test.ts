import { describe, expect, it } from 'vitest';
import { networkPolicies, resourceQuotas, services } from '../../../../adapters/eks/preflight/kinds.ts';
import { listKind } from '../../../../adapters/eks/preflight/list-kind.ts';
import { unreadFinding } from '../../../../adapters/eks/preflight/unread-finding.ts';
import { ClusterUnavailableError, InvalidInputError } from '../../../../core/errors.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { stableService } from '../workload/manifests.ts';

const failing = (error: Error): KubernetesApi => {
  const fake = new FakeKubernetes();
  return {
    read: (ref) => fake.read(ref),
    list: () => Promise.reject(error),
    write: (write) => fake.write(write),
    remove: async () => 'absent',
  };
};

describe('all objects of a kind', () => {
  it('are those of the namespace', async () => {
    const api = new FakeKubernetes(stableService(), { ...stableService(), metadata: { name: 'checkout', namespace: 'other' } });
    const { objects, unread } = await listKind(api, 'shop', services);
    expect(objects.map(({ spec }) => spec.selector)).toEqual([{ app: 'checkout', 'sluice.dev/side': 'stable' }]);
    expect(unread).toEqual([]);
  });

  it('are none where the cluster does not serve the kind', async () => {
    expect(await listKind(new FakeKubernetes(), 'shop', networkPolicies)).toEqual({ objects: [], unread: [] });
  });

  it('that may not be read are named', async () => {
    const api = new FakeKubernetes();
    api.forbid('resourcequotas');
    expect(await listKind(api, 'shop', resourceQuotas)).toMatchObject({
      objects: [],
      unread: [{ kind: 'ResourceQuota', why: 'forbidden' }],
    });
  });

  it('that the API does not answer are named', async () => {
    const api = failing(new ClusterUnavailableError('It answered 503.', { remedy: 'Wait.' }));
    expect((await listKind(api, 'shop', resourceQuotas)).unread).toMatchObject([{ why: 'unavailable' }]);
  });

  it('that have another shape are named, and none of them is believed', async () => {
    const api = new FakeKubernetes(stableService(), { ...stableService(), metadata: { name: 'odd', namespace: 'shop' }, spec: 'none' });
    expect(await listKind(api, 'shop', services)).toMatchObject({ objects: [], unread: [{ kind: 'Service', why: 'unknownShape' }] });
  });

  it('are not made up where asking itself was wrong', async () => {
    const wrong = new InvalidInputError('That is no namespace.', { remedy: 'Name one.' });
    await expect(listKind(failing(wrong), 'shop', services)).rejects.toThrow(InvalidInputError);
  });
});

describe('what was not looked at', () => {
  const unread = (why: 'forbidden' | 'unavailable' | 'unknownShape', kind: { kind: string; apiVersion: string; resource: string }) => ({
    kind: kind.kind,
    apiVersion: kind.apiVersion,
    resource: kind.resource,
    why,
  });

  it('is told in one finding, by why, with the rules that are missing', () => {
    const found = unreadFinding(
      [
        unread('forbidden', services),
        unread('unavailable', networkPolicies),
        unread('forbidden', resourceQuotas),
        unread('unknownShape', services),
      ],
      'shop',
    );
    expect(found).toEqual([
      {
        severity: 'unread',
        subject: 'namespace shop',
        message:
          'Not looked at: Service, ResourceQuota may not be read; NetworkPolicy could not be read now; Service could not be understood.',
        remedy:
          "Allow the verb list in a Role of the namespace, or see for yourself that they cover both sides:\n- apiGroups: ['']\n  resources: [services, resourcequotas]\n  verbs: [list]",
      },
    ]);
  });

  it('has no remedy where it is not a matter of permissions', () => {
    expect(unreadFinding([unread('unavailable', services)], 'shop')).toMatchObject([{ remedy: '' }]);
  });

  it('is nothing where all was', () => {
    expect(unreadFinding([], 'shop')).toEqual([]);
  });
});
