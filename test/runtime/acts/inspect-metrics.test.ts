import { describe, expect, it } from 'vitest';
import { createCloudWatchMetrics } from '../../../adapters/metrics/cloudwatch-metrics.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { inspectMetrics } from '../../../runtime/acts/inspect-metrics.ts';
import { spec } from '../../core/rollout/rollout-for-tests.ts';
import { setUp, startMs } from '../../sandbox/cloudwatch/set-up.ts';

type Source = NonNullable<RolloutSpecSource['analysis']['metrics']>[number];

const loadBalancer = 'app/shop/50dc6c495c0c9188';
const targetGroup = 'targetgroup/shop-canary/73e2d6bc24d8a067';

/** A CloudWatch that knows two metrics of stable, and a load balancer that has only ever counted requests. */
async function inspected(...metrics: readonly Source[]) {
  const { cloudWatch, clock } = setUp();
  const record = (namespace: string, metricName: string, dimensions: Record<string, string>) =>
    cloudWatch.record({ namespace, metricName, dimensions, value: 1, atMs: startMs });
  record('Shop', 'Errors', { Service: 'checkout', Zone: 'a' });
  record('Shop', 'Requests', { Service: 'checkout', Zone: 'a' });
  record('AWS/ApplicationELB', 'RequestCount', { LoadBalancer: loadBalancer });
  const calls: string[] = [];
  const call: typeof cloudWatch.metricData = (operation, input) => {
    calls.push(operation);
    return cloudWatch.metricData(operation, input);
  };
  const inspect = () =>
    inspectMetrics(
      createCloudWatchMetrics({ call, clock }),
      spec({ analysis: { metrics: [...metrics], alarms: ['checkout-errors'] }, policies: { noData: { hold: '15m' } } }),
    );
  return { cloudWatch, calls, inspect, findings: await inspect() };
}

const one = (change: { name?: string; namespace?: string; stat?: string; dimensions?: Record<string, string> } = {}): Source => ({
  name: 'errors',
  cloudwatch: { metric: { namespace: 'Shop', name: 'Errors', stat: 'Sum', dimensions: { Service: '{{canary}}', Zone: 'a' }, ...change } },
  max: 1,
});
const math = (expression: string, name = 'Errors'): Source => {
  const dimensions = { Service: '{{canary}}', Zone: 'a' };
  const series = (of: string) => ({ namespace: 'Shop', name: of, stat: 'Sum', dimensions });
  return { name: 'failed', cloudwatch: { expression, metrics: { errors: series(name), requests: series('Requests') } }, max: 1 };
};

describe('metrics of CloudWatch, before a rollout', () => {
  it('are fit where something was written under their names, though not for a canary that is still to come', async () => {
    const { findings, calls } = await inspected(one(), math('errors / requests'));
    expect(findings).toEqual([]);
    expect(calls.toSorted()).toEqual(['GetMetricData', 'ListMetrics', 'ListMetrics']);
  });

  it.each<[string, Source, string]>([
    ['the namespace', one({ namespace: 'Shp' }), 'CloudWatch has no metrics of the namespace Shp in this account and region.'],
    ['the name', one({ name: 'Erors' }), 'CloudWatch has no metric Erors of the namespace Shop; did you mean Errors?'],
    ['the whole name', one({ name: 'Failures' }), 'no metric Failures of the namespace Shop; others of it are Errors, Requests.'],
    [
      'a dimension',
      one({ dimensions: { Sevice: '{{canary}}', Zone: 'a' } }),
      'CloudWatch has Errors of Shop with the dimensions Service and Zone, and not with the dimensions Sevice and Zone.',
    ],
    ['the number of dimensions', one({ dimensions: { Service: '{{canary}}' } }), 'and not with the dimensions Service.'],
    ['a value', one({ dimensions: { Service: '{{canary}}', Zone: 'b' } }), 'No metric of Shop has b as its Zone.'],
    [
      'the load balancer',
      { loadBalancer: 'app/shp/50dc6c495c0c9188', measure: 'failedShare', max: 1 },
      'No metric of AWS/ApplicationELB has app/shp/50dc6c495c0c9188 as its LoadBalancer.',
    ],
    ['the statistic', one({ stat: 'tm99' }), "CloudWatch can't read what it is asked"],
    ['the expression', math('errors / requests ?'), "CloudWatch can't read what it is asked"],
  ])('are refused where %s is wrong, with what is known', async (_what, metric, message) => {
    const { findings } = await inspected(metric);
    expect(findings).toEqual([expect.objectContaining({ severity: 'refusal', message: expect.stringContaining(message) })]);
    expect(findings[0]?.remedy).not.toBe('');
  });

  it.each<[string, object]>([
    ['name', Object(one({ name: 'Erors' }))],
    ['expression', Object(math('errors / requests ?'))],
  ])('warn of a wrong %s where they are only tried out, and refuse it where another one of the spec counts', async (_what, metric) => {
    const tried = { ...metric, dryRun: true } as Source;
    expect((await inspected(tried)).findings).toEqual([expect.objectContaining({ severity: 'warning' })]);
    const counted = { ...metric, name: 'counted' } as Source;
    const severities = (await inspected(tried, counted)).findings.map(({ severity }) => severity);
    expect(severities).toContain('refusal');
  });

  it('may be silent where the expression goes on without them, or AWS documents them', async () => {
    const filled = await inspected(math('FILL(errors, 0) / requests', 'Timeouts'));
    expect(filled.findings.filter(({ subject }) => subject === 'metric Shop Timeouts')).toEqual([]);
    expect((await inspected({ loadBalancer, measure: 'failedShare', max: 1 })).findings).toEqual([]);
  });

  it('of a target group that was never sent a request are warned of: it may be for canaries only', async () => {
    const { findings } = await inspected({ loadBalancer, targetGroup, measure: 'failedShare', max: 1 });
    expect(findings).toEqual([
      expect.objectContaining({ severity: 'warning', message: `No metric of AWS/ApplicationELB has ${targetGroup} as its TargetGroup.` }),
    ]);
  });

  it('are not refused where CloudWatch does not answer: it is told what could not be looked at', async () => {
    const { cloudWatch, inspect } = await inspected(one({ name: 'Eror' }));
    cloudWatch.down = true;
    const findings = await inspect();
    expect(findings.map(({ severity }) => severity)).toEqual(['unread', 'unread']);
    expect(findings[0]?.message).toContain('ThrottlingException');
  });

  it('cost no question where a spec has none', async () => {
    const { calls } = await inspected();
    expect(calls).toEqual([]);
  });
});
