import { every, type SandboxClock } from '../clock.ts';
import type { RunningProxy } from './proxy.ts';

/** The load balancer before all services, as CloudWatch names it. */
export const sandboxLoadBalancer = 'app/sandbox/50dc6c495c0c9188';

export interface LoadBalancerSample {
  readonly namespace: 'AWS/ApplicationELB';
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}

/** Each service is a target group of its own. */
export function targetGroupOf(service: string): string {
  return `targetgroup/${service}/73e2d6bc24d8a067`;
}

export interface LoadBalancerReporterOptions {
  readonly clock: SandboxClock;
  readonly proxy: Pick<RunningProxy, 'observe'>;
  /** 1000 where left out: CloudWatch puts the samples of a minute together. */
  readonly everyMs?: number;
  readonly record: (sample: LoadBalancerSample) => void;
}

interface Interval {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly durationsMs: number[];
  failed: number;
  broken: number;
}

/**
 * Reports the proxy's traffic as an Application Load Balancer reports its own, for the whole of it and for each target group: nothing where nothing was, not 0.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function startLoadBalancerReporter({ clock, proxy, everyMs = 1000, record }: LoadBalancerReporterOptions): { stop(): void } {
  let intervals = new Map<string, Interval>();
  const note = (dimensions: Interval['dimensions'], status: number, durationMs: number) => {
    const key = dimensions['TargetGroup'] ?? '';
    const interval = intervals.get(key) ?? { dimensions, durationsMs: [], failed: 0, broken: 0 };
    intervals.set(key, interval);
    if (status === 0) interval.broken += 1;
    else interval.durationsMs.push(durationMs);
    if (status >= 500) interval.failed += 1;
  };
  const unobserve = proxy.observe({
    onRequest({ destination, status, durationMs }) {
      note({ LoadBalancer: sandboxLoadBalancer }, status, durationMs);
      note({ LoadBalancer: sandboxLoadBalancer, TargetGroup: targetGroupOf(destination) }, status, durationMs);
    },
  });
  const cancel = every(clock, everyMs, () => {
    const reported = intervals;
    intervals = new Map();
    for (const interval of reported.values()) for (const sample of samplesOf(interval, clock.now())) record(sample);
  });
  return {
    stop() {
      cancel();
      unobserve();
    },
  };
}

function samplesOf({ dimensions, durationsMs, failed, broken }: Interval, atMs: number): LoadBalancerSample[] {
  const sample = (metricName: string, value: number): LoadBalancerSample => ({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensions,
    value,
    atMs,
  });
  const brokenName = 'TargetGroup' in dimensions ? 'TargetConnectionErrorCount' : 'HTTPCode_ELB_5XX_Count';
  return [
    sample('RequestCount', durationsMs.length + broken),
    ...(failed === 0 ? [] : [sample('HTTPCode_Target_5XX_Count', failed)]),
    ...(broken === 0 ? [] : [sample(brokenName, broken)]),
    ...durationsMs.map((ms) => sample('TargetResponseTime', ms / 1000)),
  ];
}
