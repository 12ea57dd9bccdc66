import { every, type SandboxClock } from '../../../sandbox/clock.ts';
import type { MetricSample } from '../../../sandbox/traffic/cloudwatch-reporter.ts';

interface Counts {
  requests: number;
  errors: number;
}

/**
 * Tells CloudWatch each second what the gateway's Envoy has counted per Service, and subset where there is one, of one namespace, as an agent in
 * the cluster would: Requests and Errors (5xx, its own 503 included). A destination without requests reports nothing.
 */
export function reportEnvoySamples(options: {
  readonly clock: SandboxClock;
  readonly adminUrl: string;
  readonly namespace: string;
  readonly record: (sample: MetricSample) => void;
}): { stop(): void } {
  const { clock, adminUrl, namespace, record } = options;
  let before: ReadonlyMap<string, Counts> | undefined;
  const look = async () => {
    const filter = encodeURIComponent(`^cluster\\.outbound\\|.*\\.${namespace}\\.svc\\.cluster\\.local;?\\.upstream_rq_(completed|5xx)$`);
    // A proxy that is down for the moment reports nothing.
    const stats = await fetch(`${adminUrl}/stats?filter=${filter}`).then(
      (answer) => answer.text(),
      () => undefined,
    );
    if (stats === undefined) return;
    const now = countsIn(stats, namespace);
    const atMs = clock.now();
    for (const [destination, { requests, errors }] of now) {
      const was = before?.get(destination) ?? { requests: 0, errors: 0 };
      const added = requests >= was.requests ? requests - was.requests : requests;
      if (before === undefined || added === 0) continue;
      const [Service = '', Subset = ''] = destination.split('/');
      const dimensions = Subset === '' ? { Service } : { Service, Subset };
      const common = { namespace: 'Sandbox/Mesh', dimensions, atMs, unit: 'Count' } as const;
      record({ ...common, metricName: 'Requests', value: added });
      record({ ...common, metricName: 'Errors', value: errors >= was.errors ? errors - was.errors : errors });
    }
    before = now;
  };
  return { stop: every(clock, 1000, () => void look().catch(() => undefined)) };
}

/**
 * By `<service>/<subset>`, the subset empty where there is none.
 *
 * @example `cluster.outbound|80||web-canary.shop.svc.cluster.local;.upstream_rq_5xx: 3`
 */
function countsIn(stats: string, namespace: string): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const line of stats.split('\n')) {
    const [, subset = '', service = '', name, value] =
      /^cluster\.outbound\|\d+\|([^|]*)\|([^.]+)\.[^.]+\.svc\.cluster\.local;?\.upstream_rq_(completed|5xx): (\d+)$/.exec(line) ?? [];
    if (name === undefined || !line.includes(`.${namespace}.svc.`)) continue;
    const destination = `${service}/${subset}`;
    const found = counts.get(destination) ?? { requests: 0, errors: 0 };
    if (name === 'completed') found.requests += Number(value);
    else found.errors += Number(value);
    counts.set(destination, found);
  }
  return counts;
}
