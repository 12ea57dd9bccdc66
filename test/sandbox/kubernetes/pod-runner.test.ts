import { describe, expect, it } from 'vitest';
import { type ClusterForTests, deployment, ref, withCluster } from './cluster-for-tests.ts';

interface PodSeen {
  readonly status: {
    readonly podIP: string;
    readonly conditions: readonly { type: string; status: string }[];
    readonly containerStatuses: readonly { restartCount: number; ready: boolean; state: Record<string, { reason?: string }> }[];
  };
}

const one = deployment('checkout', { replicas: 1 });
const podOf = ({ cluster }: ClusterForTests) => cluster.list(ref('v1', 'pods', ''))[0] as unknown as PodSeen;
const containerOf = (given: ClusterForTests) => podOf(given).status.containerStatuses[0];

describe('a pod', () => {
  it('runs where its process was started, and is ready after its delay', () =>
    withCluster(async (given) => {
      given.cluster.apply(one);
      await given.pass(10);
      expect(podOf(given)).toMatchObject({ status: { phase: 'Running', podIP: '127.0.0.1', hostIP: '127.0.0.1' } });
      expect(containerOf(given)).toMatchObject({ ready: false, restartCount: 0, state: { running: {} } });
      await given.pass(1000);
      expect(containerOf(given)).toMatchObject({ ready: true, state: { running: {} } });
      expect(podOf(given).status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }));

  it('that crashes is unready, and restarts with back-off from 10 s, doubled up to 5 min', () =>
    withCluster(
      async (given) => {
        const restartsAtMs: number[] = [];
        let crashedAtMs = 0;
        given.cluster.onChange((_type, object) => {
          if (object.kind !== 'Pod' || object['status'] === undefined) return;
          const state = (object as unknown as PodSeen).status.containerStatuses?.[0]?.state;
          if (state?.['waiting']?.reason === 'CrashLoopBackOff') crashedAtMs = given.clock.now();
          else if (state?.['running'] !== undefined && crashedAtMs > 0 && containerOf(given)?.ready === false) {
            restartsAtMs.push((given.clock.now() - crashedAtMs) / 1000);
          }
        });
        given.cluster.apply(one);
        await given.pass(2500);
        expect(containerOf(given)).toMatchObject({ ready: false, restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } });
        expect(podOf(given).status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False' }));
        expect(given.stopped).toHaveLength(1);
        await given.pass(1_500_000);
        expect(restartsAtMs.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 300, 300]);
      },
      { behaviour: () => ({ readyAfterMs: 1000, crashAfterMs: 2000 }) },
    ));

  it('that crashed once recovers, and the back-off is forgiven after ten good minutes', () =>
    withCluster(
      async (given) => {
        given.cluster.apply(one);
        await given.pass(5000 + 10_000 + 2000);
        expect(containerOf(given)).toMatchObject({ ready: true, restartCount: 1 });
        await given.pass(700_000 + 5000);
        expect(containerOf(given)).toMatchObject({ restartCount: 2, ready: false });
        await given.pass(10_000);
        expect(containerOf(given)).toMatchObject({ restartCount: 2, ready: true });
      },
      {
        behaviour: (pod) => {
          const { restartCount = 0 } = (pod as unknown as PodSeen).status.containerStatuses[0] ?? {};
          return { readyAfterMs: 1000, ...([{ crashAfterMs: 5000 }, { crashAfterMs: 700_000 }][restartCount] ?? {}) };
        },
      },
    ));

  it('whose process cannot be started crashes too, and is tried again', () => {
    let tries = 0;
    return withCluster(
      async (given) => {
        given.cluster.apply(one);
        await given.pass(10);
        expect(containerOf(given)).toMatchObject({ ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } });
        await given.pass(12_000);
        expect(containerOf(given)).toMatchObject({ ready: true, restartCount: 1 });
      },
      {
        async startPod() {
          tries += 1;
          if (tries === 1) throw new Error('no such image');
          return { address: '127.0.0.1', port: 20_000 };
        },
      },
    );
  });

  it('is stopped a while after it left, so that proxies can learn of it', () =>
    withCluster(
      async (given) => {
        given.cluster.apply(one);
        await given.pass(5000);
        given.cluster.delete(ref('apps/v1', 'deployments', 'checkout'));
        await given.pass(2999);
        expect(given.stopped).toEqual([]);
        await given.pass(1);
        expect(given.stopped).toEqual(given.started);
      },
      { podStopDelayMs: 3000 },
    ));

  it('that left while it was being started is stopped all the same', () => {
    let whileStarting = () => {};
    return withCluster(
      async (given) => {
        whileStarting = () => given.cluster.delete(ref('apps/v1', 'deployments', 'checkout'));
        given.cluster.apply(one);
        await given.pass(10_000);
        expect(given.stopped).toHaveLength(1);
        expect(given.cluster.list(ref('v1', 'pods', ''))).toEqual([]);
      },
      {
        async startPod() {
          whileStarting();
          return { address: '127.0.0.1', port: 20_000 };
        },
      },
    );
  });
});

describe('close', () => {
  it('stops every pod, running or leaving, once', async () => {
    const seen: { started: string[]; stopped: string[] }[] = [];
    await withCluster(async (given) => {
      given.cluster.apply(deployment('checkout', { replicas: 3 }));
      await given.pass(5000);
      given.cluster.patch(ref('apps/v1', 'deployments', 'checkout'), { spec: { replicas: 2 } });
      await given.pass(10);
      expect(given.stopped).toEqual([]);
      seen.push(given);
    });
    expect(seen[0]?.stopped.toSorted()).toEqual(seen[0]?.started.toSorted());
    expect(seen[0]?.stopped).toHaveLength(3);
  });
});
