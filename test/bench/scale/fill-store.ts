import { keys } from '../../../adapters/store/keys.ts';
import { listSpread } from '../../../adapters/store/spread-partitions.ts';
import type { RolloutStore, StoredItem } from '../../../core/ports.ts';

export interface Filling {
  readonly rollouts: number;
  readonly alarmsEach: number;
  readonly nowMs: number;
}

/**
 * Fills a store with rollouts that run, each made after the one of `service-0` in the sample: its spec, its lock, its record, and an item for each
 * of its alarms.
 *
 * @throws Error where the sample has no such rollout
 */
export async function fillStore(store: RolloutStore, sample: RolloutStore, { rollouts, alarmsEach, nowMs }: Filling): Promise<void> {
  const [spec, lock, record] = [
    (await sample.list('specs')).find(({ key }) => key.sort === 'service-0'),
    (await listSpread(sample, 'locks')).find(({ key }) => key.sort === 'service-0'),
    (await sample.list('rollouts#service-0')).at(-1),
  ];
  if (spec === undefined || lock === undefined || record === undefined) throw new Error('the sample has no rollout of service-0');
  const rolloutId = record.key.sort;
  const running = {
    ...record,
    value: withAlarms({ ...without(record.value, 'endedAtMs'), phase: 'progressing', fence: lock.value['fence'] }, alarmsEach),
  };
  const held = { ...lock, value: { ...lock.value, rolloutId, leaseUntilMs: nowMs + 600_000 } };
  for (let index = 0; index < rollouts; index += 1) {
    const name = `service-${index}`;
    const items = [renamed(spec, name), { ...renamed(held, name), key: keys.lock(name) }, renamed(running, name)];
    await store.write(items.map(({ key, value }) => ({ put: key, value, expect: 'anything' as const })));
  }
}

/** The record's own spec names the alarms that the sweep reads. */
function withAlarms(record: Readonly<Record<string, unknown>>, count: number): Readonly<Record<string, unknown>> {
  const spec = record['spec'] as { readonly analysis: object };
  const alarms = Array.from({ length: count }, (_, index) => `service-0-errors${index === 0 ? '' : `-${index}`}`);
  return { ...record, spec: { ...spec, analysis: { interval: '60s', alarms } } };
}

function without(value: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
}

function renamed({ key, value }: Pick<StoredItem, 'key' | 'value'>, name: string): Pick<StoredItem, 'key' | 'value'> {
  return JSON.parse(JSON.stringify({ key, value }).replaceAll(/service-0(?!\d)/g, name)) as Pick<StoredItem, 'key' | 'value'>;
}
