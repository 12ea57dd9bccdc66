import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterForTests,
  deployment,
  deploymentRef,
  deploymentsPath,
  metadataOf,
  ref,
  service,
  withCluster,
} from './cluster-for-tests.ts';

const podsOf = ({ cluster }: ClusterForTests) => cluster.list(ref('v1', 'pods', ''));
const statusOf = ({ cluster }: ClusterForTests) => cluster.get(deploymentRef)?.['status'] as Record<string, unknown>;
const readyOf = ({ cluster }: ClusterForTests) => cluster.endpoints('shop', 'checkout').filter(({ ready }) => ready).length;
const condition = (given: ClusterForTests, type: string) =>
  (statusOf(given)['conditions'] as { type: string; status: string; reason: string; lastTransitionTime: string }[]).find(
    (each) => each.type === type,
  );

describe('a new Deployment', () => {
  it('gets its pods, which become ready after their delay, and a status that says so', () =>
    withCluster(
      async (given) => {
        given.cluster.apply(deployment('checkout'));
        expect(statusOf(given)).toEqual({});
        await given.pass(4999);
        expect(podsOf(given)).toHaveLength(2);
        // As in Kubernetes, numbers that are 0 are left out.
        expect(statusOf(given)).toMatchObject({ observedGeneration: 1, replicas: 2, updatedReplicas: 2, unavailableReplicas: 2 });
        expect(statusOf(given)).not.toHaveProperty('readyReplicas');
        expect(condition(given, 'Available')).toMatchObject({ status: 'False', reason: 'MinimumReplicasUnavailable' });
        expect(condition(given, 'Progressing')).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' });
        await given.pass(10);
        expect(statusOf(given)).toMatchObject({
          observedGeneration: 1,
          replicas: 2,
          updatedReplicas: 2,
          readyReplicas: 2,
          availableReplicas: 2,
        });
        expect(statusOf(given)).not.toHaveProperty('unavailableReplicas');
        expect(condition(given, 'Available')).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-05T03:00:05Z' });
        expect(condition(given, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
      },
      { behaviour: () => ({ readyAfterMs: 5000 }) },
    ));

  it('owns its pods, which carry the labels of its template and their hash', () =>
    withCluster(async (given) => {
      const { metadata } = given.cluster.apply(deployment('checkout'));
      await given.pass(2000);
      for (const pod of podsOf(given)) {
        expect(pod.metadata.labels).toEqual({ app: 'checkout', 'pod-template-hash': expect.stringMatching(/^[b-z2-9]{10}$/) });
        expect(pod.metadata['ownerReferences']).toEqual([
          expect.objectContaining({ kind: 'Deployment', uid: metadata.uid, controller: true }),
        ]);
        expect(pod.metadata.name).toMatch(/^checkout-[b-z2-9]{10}-[b-z2-9]{5}$/);
      }
    }));

  it('answers a write before its controller saw it: observedGeneration lags', () =>
    withCluster(async (given) => {
      given.cluster.apply(deployment('checkout'));
      await given.pass(2000);
      const { body } = await given.mergePatch(`${deploymentsPath}/checkout`, { spec: { replicas: 3 } });
      expect(body).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
      await given.pass(10);
      expect(statusOf(given)).toMatchObject({ observedGeneration: 2, replicas: 3, readyReplicas: 2, unavailableReplicas: 1 });
    }));

  it('replaces a pod that somebody deletes, scales down to what is ready, and takes all along when it goes', () =>
    withCluster(async (given) => {
      given.cluster.apply(deployment('checkout'));
      await given.pass(2000);
      const [first] = podsOf(given);
      given.cluster.delete(ref('v1', 'pods', first?.metadata.name ?? ''));
      given.cluster.patch(deploymentRef, { spec: { replicas: 3 } });
      await given.pass(500);
      expect(podsOf(given)).toHaveLength(3);
      given.cluster.patch(deploymentRef, { spec: { replicas: 1 } });
      await given.pass(10);
      expect(statusOf(given)).toMatchObject({ replicas: 1, readyReplicas: 1 });
      given.cluster.delete(deploymentRef);
      expect(podsOf(given)).toEqual([]);
      await given.pass(60_000);
      expect(podsOf(given)).toEqual([]);
      expect(given.stopped.toSorted()).toEqual(given.started.toSorted());
    }));
});

describe('a rolling update', () => {
  it('keeps the ready endpoints at what maxUnavailable allows and the pods at what maxSurge allows', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 11 }),
        fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 7 }),
        (replicas, delaysMs) => {
          let starts = 0;
          const nextDelay = () => delaysMs[starts++ % delaysMs.length] ?? 0;
          return withCluster(
            async (given) => {
              given.cluster.apply(service('checkout'));
              given.cluster.apply(deployment('checkout', { replicas }));
              await given.pass(60_000);
              expect(readyOf(given)).toBe(replicas);
              let fewestReady = replicas;
              let mostPods = 0;
              given.cluster.onChange(() => {
                fewestReady = Math.min(fewestReady, readyOf(given));
                mostPods = Math.max(mostPods, podsOf(given).length);
              });
              given.cluster.apply(deployment('checkout', { replicas }, 'shop:2'));
              await given.pass(300_000);
              expect(fewestReady).toBeGreaterThanOrEqual(replicas - Math.floor(replicas / 4));
              expect(mostPods).toBeLessThanOrEqual(replicas + Math.ceil(replicas / 4));
              expect(statusOf(given)).toMatchObject({ replicas, updatedReplicas: replicas, readyReplicas: replicas });
              expect(new Set(podsOf(given).map(({ metadata }) => metadata.labels?.['pod-template-hash'])).size).toBe(1);
            },
            { behaviour: () => ({ readyAfterMs: nextDelay() }) },
          );
        },
      ),
      { numRuns: 25 },
    ));

  it('stands while the new pods never become ready, and is gone with the way back', () =>
    withCluster(
      async (given) => {
        given.cluster.apply(service('checkout'));
        given.cluster.apply(deployment('checkout', { replicas: 4 }));
        await given.pass(10_000);
        given.cluster.apply(deployment('checkout', { replicas: 4 }, 'shop:bad'));
        await given.pass(3_600_000);
        expect(readyOf(given)).toBe(3);
        expect(statusOf(given)).toMatchObject({ replicas: 5, updatedReplicas: 2, readyReplicas: 3, unavailableReplicas: 2 });
        expect(condition(given, 'Available')).toMatchObject({ status: 'True' });
        given.cluster.apply(deployment('checkout', { replicas: 4 }));
        await given.pass(10_000);
        expect(statusOf(given)).toMatchObject({ replicas: 4, updatedReplicas: 4, readyReplicas: 4 });
      },
      { behaviour: (pod) => ({ readyAfterMs: JSON.stringify(pod['spec']).includes('bad') ? 'never' : 1000 }) },
    ));

  it('does not begin for a change of anything but the template', () =>
    withCluster(async (given) => {
      given.cluster.apply(deployment('checkout'));
      await given.pass(2000);
      const before = podsOf(given).map((pod) => metadataOf(pod).uid);
      given.cluster.patch(deploymentRef, { metadata: { labels: { a: 'b' } }, spec: { revisionHistoryLimit: 3 } });
      await given.pass(10_000);
      expect(podsOf(given).map((pod) => metadataOf(pod).uid)).toEqual(before);
    }));

  it('by Recreate has no old pod beside a new one', () =>
    withCluster(async (given) => {
      const strategy = { type: 'Recreate', rollingUpdate: null };
      given.cluster.apply(deployment('checkout', { strategy: { type: 'Recreate' } }));
      await given.pass(2000);
      const hashes = new Set<number>();
      given.cluster.onChange(() => {
        hashes.add(new Set(podsOf(given).map(({ metadata }) => metadata.labels?.['pod-template-hash'])).size);
      });
      given.cluster.apply(deployment('checkout', { strategy }, 'shop:2'));
      await given.pass(5000);
      expect(Math.max(...hashes)).toBe(1);
      expect(statusOf(given)).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2 });
    }));
});
