import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MetricSample, startCloudWatchReporter } from '../../../sandbox/traffic/cloudwatch-reporter.ts';
import { type FakeMesh, splitRule, startFakeMesh, virtualService } from './fake-mesh.ts';

describe('the CloudWatch reporter', () => {
  let mesh: FakeMesh;
  let samples: MetricSample[];
  let reporter: { stop(): void };
  beforeEach(async () => {
    mesh = await startFakeMesh({ rules: [splitRule(0, 100)] });
    samples = [];
    reporter = startCloudWatchReporter({ clock: mesh.clock, proxy: mesh.proxy, record: (sample) => samples.push(sample) });
  });
  afterEach(async () => {
    reporter.stop();
    await mesh.close();
  });

  it('tells requests, errors and each latency of the interval, by destination', async () => {
    const startMs = mesh.clock.now();
    mesh.canary.setBehaviour({ errorShare: 0.5, latencyMs: 20 });
    await mesh.ask();
    await mesh.ask();
    await mesh.clock.sleep(1000);
    const common = { namespace: 'Sandbox/Mesh', dimensions: { Service: 'checkout-canary' }, atMs: startMs + 1000 };
    expect(samples).toEqual([
      { ...common, metricName: 'Requests', value: 2, unit: 'Count' },
      { ...common, metricName: 'Errors', value: 1, unit: 'Count' },
      { ...common, metricName: 'Latency', value: 20, unit: 'Milliseconds' },
      { ...common, metricName: 'Latency', value: 20, unit: 'Milliseconds' },
    ]);
  });

  it('tells an interval with requests and no errors as 0 errors, and one without requests not at all', async () => {
    await mesh.ask();
    await mesh.clock.sleep(5500);
    const errors = samples.filter(({ metricName }) => metricName === 'Errors');
    expect(errors.map(({ value }) => value)).toEqual([0]);
    expect(samples).toHaveLength(3);
  });

  it('counts each request once', async () => {
    await mesh.ask();
    await mesh.clock.sleep(1000);
    await mesh.ask();
    await mesh.clock.sleep(1000);
    const requests = samples.filter(({ metricName }) => metricName === 'Requests');
    expect(requests.map(({ value }) => value)).toEqual([1, 1]);
  });

  it('tells a subset of a Service from the others', async () => {
    mesh.source.put(virtualService({ route: [{ destination: { host: 'checkout', subset: 'canary' } }] }));
    await mesh.clock.sleep(100);
    await mesh.ask();
    await mesh.clock.sleep(1000);
    const errors = samples.filter(({ metricName }) => metricName === 'Errors');
    expect(errors).toMatchObject([{ dimensions: { Service: 'checkout', Subset: 'canary' }, value: 1 }]);
  });

  it('tells nothing once it was stopped', async () => {
    await mesh.ask();
    reporter.stop();
    await mesh.clock.sleep(5000);
    expect(samples).toEqual([]);
  });
});
