import { every, type SandboxClock } from '../clock.ts';
import type { RunningProxy } from './proxy.ts';

/** One data point, as CloudWatch's PutMetricData takes it. */
export interface MetricSample {
  readonly namespace: 'Sandbox/Mesh';
  readonly metricName: 'Requests' | 'Errors' | 'Latency';
  /** The destination: a Service's name, and where the route names one, its subset. */
  readonly dimensions: { readonly Service: string; readonly Subset?: string };
  readonly value: number;
  readonly atMs: number;
  readonly unit: 'Count' | 'Milliseconds';
}

export interface CloudWatchReporterOptions {
  readonly clock: SandboxClock;
  readonly proxy: Pick<RunningProxy, 'observe'>;
  /** 1000 where left out. */
  readonly everyMs?: number;
  readonly record: (sample: MetricSample) => void;
}

interface Interval {
  readonly dimensions: MetricSample['dimensions'];
  requests: number;
  errors: number;
  latenciesMs: number[];
}

/**
 * Tells CloudWatch what the proxy measured, so that alarms judge the load and nothing else. For each interval and destination
 * with finished requests: Requests, Errors (5xx or broken off; 0 is reported too), and Latency once per request, for exact
 * percentiles. A destination without requests reports nothing, so that no traffic is no data. Samples bear the time of the
 * report, the interval's end. Stopping drops what was not yet reported.
 */
export function startCloudWatchReporter({ clock, proxy, everyMs = 1000, record }: CloudWatchReporterOptions): { stop(): void } {
  let intervals = new Map<string, Interval>();
  const unobserve = proxy.observe({
    onRequest({ destination, subset, status, durationMs }) {
      const dimensions = { Service: destination, ...(subset === undefined ? {} : { Subset: subset }) };
      const key = `${destination}/${subset}`;
      const interval = intervals.get(key) ?? { dimensions, requests: 0, errors: 0, latenciesMs: [] };
      intervals.set(key, interval);
      interval.requests += 1;
      if (status === 0 || status >= 500) interval.errors += 1;
      interval.latenciesMs.push(durationMs);
    },
  });
  const cancel = every(clock, everyMs, () => {
    const reported = intervals;
    intervals = new Map();
    const atMs = clock.now();
    for (const { dimensions, requests, errors, latenciesMs } of reported.values()) {
      const common = { namespace: 'Sandbox/Mesh', dimensions, atMs } as const;
      record({ ...common, metricName: 'Requests', value: requests, unit: 'Count' });
      record({ ...common, metricName: 'Errors', value: errors, unit: 'Count' });
      for (const value of latenciesMs) record({ ...common, metricName: 'Latency', value, unit: 'Milliseconds' });
    }
  });
  return {
    stop() {
      cancel();
      unobserve();
    },
  };
}
