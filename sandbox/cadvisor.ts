import { parseQuantity } from '../core/preflight/quantity.ts';
import type { SandboxClock } from './clock.ts';
import { listenOnLoopback } from './traffic/loopback-server.ts';

/** How near the containers of a version are to their limits, from 0 to 1. */
export interface ContainerLoad {
  /** Of the periods of the CPU scheduler, those in which they were throttled. */
  readonly throttledShare?: number;
  /** Of the memory limit, what is in use. */
  readonly memoryShare?: number;
}

export interface RunningContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly startedAtMs: number;
  readonly limits: Readonly<Record<string, string>>;
  /** As it is now. */
  readonly load: ContainerLoad;
}

export interface RunningCadvisor {
  readonly metricsUrl: string;
  close(): Promise<void>;
}

interface Counted {
  readonly untilMs: number;
  readonly periods: number;
  readonly throttled: number;
}

const periodMs = 100;

/**
 * What each kubelet's cAdvisor tells of containers, as far as it is about their limits: no CPU periods of one without a CPU limit, and 0 as the
 * limit of memory where there is none. Samples have a time of their own, as the kubelet's do. Counters grow at each scrape, by the load of that moment.
 *
 * Source: https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
export async function startCadvisor(clock: SandboxClock, containers: () => readonly RunningContainer[]): Promise<RunningCadvisor> {
  const counted = new Map<string, Counted>();
  const read = (): string => {
    const nowMs = Math.round(clock.now());
    return containers()
      .map((each) => linesOf(each, count(counted, each, nowMs), nowMs))
      .join('');
  };
  const { address, port, close } = await listenOnLoopback((_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(read()),
  );
  return { metricsUrl: `http://${address}:${port}/metrics/cadvisor`, close };
}

function count(counted: Map<string, Counted>, { namespace, pod, container, startedAtMs, load }: RunningContainer, nowMs: number): Counted {
  const key = `${namespace}/${pod}/${container}/${startedAtMs}`;
  const before = counted.get(key) ?? { untilMs: startedAtMs, periods: 0, throttled: 0 };
  const periods = (nowMs - before.untilMs) / periodMs;
  const now = {
    untilMs: nowMs,
    periods: before.periods + periods,
    throttled: before.throttled + periods * (load.throttledShare ?? 0),
  };
  counted.set(key, now);
  return now;
}

function linesOf({ namespace, pod, container, startedAtMs, limits, load }: RunningContainer, counted: Counted, nowMs: number): string {
  const bytes = parseQuantity(limits['memory'] ?? 0) ?? 0;
  const hasCpuLimit = (parseQuantity(limits['cpu'] ?? 0) ?? 0) > 0;
  const line = (name: string, value: number) =>
    `${name}{namespace="${namespace}",pod="${pod}",container="${container}"} ${value} ${nowMs}\n`;
  return [
    line('container_start_time_seconds', startedAtMs / 1000),
    line('container_spec_memory_limit_bytes', bytes),
    line('container_memory_working_set_bytes', bytes * (load.memoryShare ?? 0.3)),
    ...(hasCpuLimit
      ? [
          line('container_cpu_cfs_periods_total', Math.floor(counted.periods)),
          line('container_cpu_cfs_throttled_periods_total', Math.floor(counted.throttled)),
        ]
      : []),
  ].join('');
}
