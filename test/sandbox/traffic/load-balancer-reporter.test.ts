import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LoadBalancerSample,
  sandboxLoadBalancer,
  startLoadBalancerReporter,
  targetGroupOf,
} from '../../../sandbox/traffic/load-balancer-reporter.ts';
import { type FakeMesh, splitRule, startFakeMesh } from './fake-mesh.ts';

describe('the load balancer', () => {
  let mesh: FakeMesh;
  let samples: LoadBalancerSample[];
  let reporter: { stop(): void };
  beforeEach(async () => {
    mesh = await startFakeMesh({ rules: [splitRule(0, 100)] });
    samples = [];
    reporter = startLoadBalancerReporter({ clock: mesh.clock, proxy: mesh.proxy, record: (sample) => samples.push(sample) });
  });
  afterEach(async () => {
    reporter.stop();
    await mesh.close();
  });

  it('counts requests and failures, of all and of each target group, and how long they took in seconds', async () => {
    mesh.canary.setBehaviour({ errorShare: 0.5, latencyMs: 20 });
    await mesh.ask();
    await mesh.ask();
    await mesh.clock.sleep(1000);
    const counts = [
      ['RequestCount', 2],
      ['HTTPCode_Target_5XX_Count', 1],
      ['TargetResponseTime', 0.02],
      ['TargetResponseTime', 0.02],
    ];
    const inGroup = samples.filter(({ dimensions }) => dimensions['TargetGroup'] === targetGroupOf('checkout-canary'));
    const inAll = samples.filter(({ dimensions }) => !('TargetGroup' in dimensions));
    for (const some of [inGroup, inAll]) expect(some.map(({ metricName, value }) => [metricName, value])).toEqual(counts);
    expect(samples.every(({ dimensions }) => dimensions['LoadBalancer'] === sandboxLoadBalancer)).toBe(true);
  });

  it('tells no zeros: no series of failures where none failed, and nothing at all where nobody asked', async () => {
    await mesh.ask();
    await mesh.clock.sleep(5500);
    const names = new Set(samples.map(({ metricName }) => metricName));
    expect(names).toEqual(new Set(['RequestCount', 'TargetResponseTime']));
    expect(samples.filter(({ metricName }) => metricName === 'RequestCount')).toHaveLength(2);
  });
});
