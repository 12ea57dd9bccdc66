import { describe, expect, it } from 'vitest';
import { rememberReads } from '../../../../adapters/eks/preflight/remember-reads.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { at, stableDeployment, stableService } from '../workload/manifests.ts';

function counted(api: KubernetesApi) {
  const asked: string[] = [];
  const counting: KubernetesApi = {
    read: (ref) => {
      asked.push(`get ${ref.resource}`);
      return api.read(ref);
    },
    list: (ref, selector) => {
      asked.push(`list ${ref.resource} ${selector}`.trim());
      return api.list(ref, selector);
    },
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
  return { asked, ...rememberReads(counting) };
}

const services = { apiVersion: 'v1', resource: 'services', namespace: 'shop' };

describe('reads that are remembered', () => {
  it('ask for each object and each list once, though both are wanted at the same time', async () => {
    const { api, asked } = counted(new FakeKubernetes(stableDeployment()));
    const [one, other] = await Promise.all([api.read(at.stable), api.read(at.stable), api.list(services, ''), api.list(services, '')]);
    expect(other).toBe(one);
    expect(asked).toEqual(['get deployments', 'list services']);
  });

  it('ask again for another name, and for another selector', async () => {
    const { api, asked } = counted(new FakeKubernetes());
    await Promise.all([api.read(at.stable), api.read(at.canary), api.list(services, ''), api.list(services, 'app=checkout')]);
    expect(asked).toEqual(['get deployments', 'get deployments', 'list services', 'list services app=checkout']);
  });

  it('find an object in the list of its kind', async () => {
    const { api, asked } = counted(new FakeKubernetes(stableService()));
    const [, found, missing] = await Promise.all([api.list(services, ''), api.read(at.service), api.read(at.canaryService)]);
    expect([found?.metadata.name, missing]).toEqual(['checkout', undefined]);
    expect(asked).toEqual(['list services']);
  });

  it('ask for an object by name where its list is refused', async () => {
    const fake = new FakeKubernetes(stableService());
    const forbidding: KubernetesApi = {
      read: (ref) => fake.read(ref),
      list: async (ref) => {
        fake.forbid('everything');
        return fake.list({ ...ref, resource: 'everything' }, '');
      },
      write: (write) => fake.write(write),
      remove: (ref, preconditions) => fake.remove(ref, preconditions),
    };
    const { api, asked } = counted(forbidding);
    await expect(api.list(services, '')).rejects.toThrow('forbidden');
    expect((await api.read(at.service))?.metadata.name).toBe('checkout');
    expect(asked).toEqual(['list services', 'get services']);
  });

  it('tell what was read by name, and leave out what is not there', async () => {
    const { api, objects } = counted(new FakeKubernetes(stableDeployment(), stableService()));
    await Promise.all([api.read(at.stable), api.read(at.canary), api.list(services, '')]);
    expect((await objects()).map(({ kind }) => kind)).toEqual(['Deployment']);
  });
});
