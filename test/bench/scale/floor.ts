import { type Spread, spreadPartitions } from '../../../adapters/store/spread-partitions.ts';
import { isShared, unreserved } from './account.ts';
import { alarmsPerCall, type Quotas } from './quotas.ts';
import type { Template } from './template.ts';

/** What one rollout takes of a quota, and how long the quota needs for all. */
export interface Demand {
  readonly quota: string;
  readonly perRollout: number;
  readonly seconds: number;
}

/**
 * The least time that each quota needs for so many rollouts at once, as they were recorded, if nothing but that quota took time: all their requests,
 * less what the bucket holds at first, at its rate. No order of the requests is quicker. The slowest quota first.
 *
 * @example 10,000 rollouts with 80 write units each of one partition key, which takes 1,000 a second: 799 s.
 */
export function demandsOf(templates: readonly Template[], rollouts: number, quotas: Quotas): Demand[] {
  const totals = new Map<string, number>();
  const share = 1 / templates.length;
  const add = (name: string, count: number) => totals.set(name, (totals.get(name) ?? 0) + count * share);
  let lambdaMs = 0;
  for (const part of templates.flat()) {
    if (part.kind !== 'task') continue;
    lambdaMs += part.invocation.tookMs * share;
    for (const entry of part.invocation.entries) {
      if (entry.kind !== 'call') continue;
      add(entry.service, entry.requests);
      for (const { partition, count } of entry.units) {
        if (isShared(partition)) add(`${entry.service === 'WriteItems' ? 'write' : 'read'} units of "${partition}"`, count);
      }
    }
  }
  const demand = (quota: string, perRollout: number, { burst, perSecond } = { burst: 0, perSecond: 1 }): Demand => ({
    quota,
    perRollout,
    seconds: Math.max(0, rollouts * perRollout - burst) / perSecond,
  });
  const units = [...totals].filter(([name]) => name.includes(' units of '));
  return [
    demand('Lambda concurrency, seconds', lambdaMs / 1000, { burst: 0, perSecond: unreserved(quotas) }),
    demand('StartExecution', 1, quotas.startExecution),
    demand('state transitions', templates.flat().length * share, quotas.stateTransition),
    // Refused ones are not asked again: the sweep reads those alarms, a hundred at a time.
    demand('DescribeAlarms by the hundred', (totals.get('DescribeAlarms') ?? 0) / alarmsPerCall, quotas.describeAlarms),
    demand('GetMetricData', totals.get('GetMetricData') ?? 0, quotas.getMetricData),
    demand('ListMetrics', totals.get('ListMetrics') ?? 0, quotas.listMetrics),
    demand('PutEvents', totals.get('PutEvents') ?? 0, quotas.putEvents),
    ...units.map(([name, count]) => demand(name, count, name.startsWith('write') ? quotas.partitionWriteUnits : quotas.partitionReadUnits)),
  ]
    .filter(({ perRollout }) => perRollout > 0)
    .toSorted((a, b) => b.seconds - a.seconds);
}

/** How long a rollout takes that nothing keeps waiting. */
export function undisturbedMs(template: Template): number {
  const took = template.map((part) => (part.kind === 'task' ? part.invocation.tookMs : part.kind === 'wait' ? part.waitMs : 0));
  return took.reduce((sum, ms) => sum + ms, 0);
}

/**
 * The same rollouts, each as often as there are partitions for what is spread, and each time one partition further: as the names of many
 * services and events would have it.
 */
export function spreadEvenly(templates: readonly Template[]): Template[] {
  const parts: readonly Spread[] = ['locks', 'untold'];
  return spreadPartitions('locks').flatMap((_, by) => {
    const further = new Map(parts.flatMap((of) => turned(spreadPartitions(of), by)));
    return templates.map((template) => withPartitions(template, (partition) => further.get(partition) ?? partition));
  });
}

function turned(partitions: readonly string[], by: number): (readonly [string, string])[] {
  return partitions.map((partition, index) => [partition, partitions[(index + by) % partitions.length] ?? partition] as const);
}

function withPartitions(template: Template, rename: (partition: string) => string): Template {
  return template.map((part) => {
    if (part.kind !== 'task') return part;
    const entries = part.invocation.entries.map((entry) =>
      entry.kind === 'call' ? { ...entry, units: entry.units.map((each) => ({ ...each, partition: rename(each.partition) })) } : entry,
    );
    return { ...part, invocation: { ...part.invocation, entries } };
  });
}
