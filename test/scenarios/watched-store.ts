import { createMemoryStore } from '../../adapters/store/memory.ts';
import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { rolloutRecord } from '../../core/rollout/record.ts';

/** A memory store that tells when a record says that a rollback began. */
export function watchedStore(onRollback: (rollout: string, fence: number) => void): RolloutStore {
  const store = createMemoryStore();
  return {
    read: (key) => store.read(key),
    list: (partition) => store.list(partition),
    write: async (changes) => {
      await store.write(changes);
      for (const change of changes) tell(change);
    },
  };

  function tell(change: StoreChange): void {
    if (!('put' in change) || !change.put.partition.startsWith('rollouts#')) return;
    const { phase, rollout, fence } = rolloutRecord.parse(change.value);
    if (phase === 'rollingBack') onRollback(rollout, fence);
  }
}
