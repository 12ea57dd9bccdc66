import { describe, expect, it } from 'vitest';
import { inspectWorkload, readWorkload } from '../../../../adapters/eks/workload/read-workload.ts';
import { WorkloadRejectedError } from '../../../../core/errors.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { autoscaler, names, oldImage, stableDeployment, stableService } from './manifests.ts';

function claim(accessModes: readonly string[]): KubernetesObject {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' }, spec: { accessModes } };
}

const withVolume = stableDeployment({ pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } });

describe('reading a workload', () => {
  it('tells its image, its size and its autoscalers', async () => {
    const other = autoscaler({ scaleTargetRef: { kind: 'Deployment', name: 'cart' } }, { name: 'cart' });
    const api = new FakeKubernetes(stableDeployment(), stableService(), autoscaler(), other);
    const workload = await readWorkload(api, names);
    expect(workload).toMatchObject({ image: oldImage, replicas: 4, deployment: { kind: 'Deployment' }, service: { kind: 'Service' } });
    expect(workload.autoscalers.map(({ metadata }) => metadata.name)).toEqual(['checkout']);
  });

  it('counts one replica where none are named, as Kubernetes does', async () => {
    const { replicas: _replicas, ...spec } = stableDeployment()['spec'] as Record<string, unknown>;
    const api = new FakeKubernetes({ ...stableDeployment(), spec }, stableService());
    expect((await readWorkload(api, names)).replicas).toBe(1);
  });

  it.each([
    ['a Deployment that is not there', [stableService()], 'There is no Deployment checkout in namespace shop.', 'get deployments'],
    ['a Service that is not there', [stableDeployment()], 'There is no Service checkout in namespace shop.', 'get services'],
    [
      'a container that is not there',
      [stableDeployment({ pod: { containers: [{ name: 'web' }, { name: 'envoy' }] } }), stableService()],
      'has no container app',
      'one of: web, envoy.',
    ],
    [
      'pods without the label',
      [stableDeployment({ labels: { app: 'checkout' } }), stableService()],
      'do not carry the label sluice.dev/side: stable',
      `kubectl -n shop patch deployment checkout --type merge -p '{"spec":{"template":{"metadata":{"labels":{"sluice.dev/side":"stable"}}}}}'`,
    ],
    [
      'a Service that does not select by the label',
      [stableDeployment(), stableService({ selector: { app: 'checkout' } })],
      'does not select by sluice.dev/side: stable',
      `kubectl -n shop patch service checkout --type merge -p '{"spec":{"selector":{"sluice.dev/side":"stable"}}}'`,
    ],
    ['a volume for one node', [withVolume, stableService(), claim(['ReadWriteOnce'])], 'PersistentVolumeClaim data', 'ReadWriteMany'],
    ['a volume for one pod', [withVolume, stableService(), claim(['ReadWriteOncePod'])], 'ReadWriteOncePod', 'ReadWriteMany'],
    [
      'a port of the host',
      [stableDeployment({ pod: { containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }] } }), stableService()],
      'takes port 8080 of its node',
      'without hostPort',
    ],
    [
      'the network of the host',
      [stableDeployment({ pod: { hostNetwork: true } }), stableService()],
      'takes the network of its node',
      'hostNetwork',
    ],
    ['a stable with no pods', [stableDeployment({ spec: { replicas: 0 } }), stableService()], 'scaled to 0', 'Scale it up'],
  ])('refuses %s, with how to mend it', async (_what, objects, message, remedy) => {
    const api = new FakeKubernetes(...objects);
    await expect(readWorkload(api, names)).rejects.toThrow(WorkloadRejectedError);
    const { refusals } = await inspectWorkload(api, names);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.message).toContain(message);
    expect(refusals[0]?.remedy).toContain(remedy);
  });

  it('tells all that speaks against a rollout at once', async () => {
    const api = new FakeKubernetes(stableDeployment({ labels: {}, pod: { hostNetwork: true } }), stableService({ selector: {} }));
    const { workload, refusals } = await inspectWorkload(api, names);
    expect(refusals).toHaveLength(3);
    expect(workload?.image).toBe(oldImage);
    await expect(readWorkload(api, names)).rejects.toThrow(/sluice\.dev\/side.*network/s);
  });

  it.each([['ReadWriteMany'], ['ReadOnlyMany'], ['ReadWriteOnce', 'ReadWriteMany']])(
    'takes a volume that may be mounted with %s',
    async (...modes) => {
      const api = new FakeKubernetes(withVolume, stableService(), claim(modes));
      expect((await readWorkload(api, names)).warnings).toEqual([]);
    },
  );

  it('says which volume it could not look at', async () => {
    const api = new FakeKubernetes(withVolume, stableService());
    api.forbid('persistentvolumeclaims');
    expect((await readWorkload(api, names)).warnings).toMatchObject([{ message: expect.stringContaining('data could not be read') }]);
  });

  it.each([
    ['an autoscaler that averages over both sides', [stableDeployment(), autoscaler()], 'averages over both sides'],
    [
      'an autoscaler that KEDA writes',
      [
        stableDeployment({ spec: { selector: { matchLabels: { 'sluice.dev/side': 'stable' } } } }),
        autoscaler({}, { ownerReferences: [{ kind: 'ScaledObject' }] }),
      ],
      'KEDA',
    ],
    ['what runs before each pod', [stableDeployment({ pod: { initContainers: [{ name: 'migrate' }] } })], 'runs migrate before each pod'],
  ])('warns about %s', async (_what, objects, message) => {
    const { warnings } = await readWorkload(new FakeKubernetes(stableService(), ...objects), names);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(message);
  });

  it('does not warn about a sidecar that is written as an init container', async () => {
    const sidecar = stableDeployment({ pod: { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] } });
    expect((await readWorkload(new FakeKubernetes(sidecar, stableService()), names)).warnings).toEqual([]);
  });
});
