import { describe, expect, it } from 'vitest';
import { deployment, deploymentRef, ref, withCluster } from './cluster-for-tests.ts';

const autoscaler = (minReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'checkout', namespace: 'shop' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' }, minReplicas, maxReplicas: 10 },
});

describe('an autoscaler', () => {
  it.each([
    ['raises a Deployment to its minimum', 2, 5, 5],
    ['leaves one with more alone', 7, 5, 7],
    ['leaves one with 0 alone, as that turns it off', 0, 5, 0],
  ])('%s', (_what, replicas, minReplicas, expected) =>
    withCluster(async ({ cluster, pass }) => {
      cluster.apply(autoscaler(minReplicas));
      cluster.apply(deployment('checkout', { replicas }));
      await pass(10);
      expect(cluster.get(deploymentRef)).toMatchObject({ spec: { replicas: expected } });
      expect(cluster.list(ref('v1', 'pods', ''))).toHaveLength(expected);
    }),
  );

  it('acts when its minimum is raised, and when somebody scales down below it', () =>
    withCluster(async ({ cluster, pass }) => {
      cluster.apply(deployment('checkout'));
      cluster.apply(autoscaler(2));
      cluster.patch(ref('autoscaling/v2', 'horizontalpodautoscalers', 'checkout'), { spec: { minReplicas: 4 } });
      await pass(10);
      expect(cluster.get(deploymentRef)).toMatchObject({ spec: { replicas: 4 } });
      cluster.patch(deploymentRef, { spec: { replicas: 3 } });
      await pass(10);
      expect(cluster.get(deploymentRef)).toMatchObject({ spec: { replicas: 4 } });
    }));
});
