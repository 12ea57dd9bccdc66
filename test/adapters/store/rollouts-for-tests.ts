import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { type Starter, Turns } from '../../../adapters/store/turns.ts';
import type { RolloutStore } from '../../../core/ports.ts';
import type { RolloutRecord } from '../../../core/rollout/record.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { recordOf } from '../../core/rollout/rollout-for-tests.ts';

/** An execution that starts a rollout, and the event that started it. */
export function starter(name: string, eventId: string | undefined = `event-${name}`): Starter {
  return { executionArn: `arn:aws:states:eu-west-1:111122223333:execution:rollout:${name}`, eventId };
}

/** Begins a rollout of checkout as the execution of that name. */
export function begin(rollouts: Turns, name: string, change: Partial<RolloutRecord> = {}) {
  const start = starter(name);
  return rollouts.begin('checkout', start, (id) => recordOf({ executionArn: start.executionArn, ...change, ...id }));
}

/** A rollout of checkout that is under way, and the clock that its leases go by. */
export async function underWay(store: RolloutStore = createMemoryStore()) {
  const clock = new VirtualClock();
  const rollouts = new Turns(store, clock);
  const begun = await begin(rollouts, 'first');
  if (begun.outcome !== 'begun') throw new Error('the service was held');
  return { store, clock, rollouts, record: begun.record, held: await rollouts.loadOwned(begun.record) };
}

/** Each request is done when the scheduler says so, in any order. */
export function scheduledStore(store: RolloutStore, schedule: (label: string) => Promise<unknown>): RolloutStore {
  return {
    read: (key) => schedule(`read ${key.partition}`).then(() => store.read(key)),
    list: (partition) => schedule(`list ${partition}`).then(() => store.list(partition)),
    write: (changes) => schedule('write').then(() => store.write(changes)),
  };
}

/** Before the first write, and after what it was computed from was read, somebody else is quicker. */
export function overtakenStore(store: RolloutStore, race: () => Promise<unknown>): RolloutStore {
  let raced = false;
  return {
    read: (key) => store.read(key),
    list: (partition) => store.list(partition),
    write: async (changes) => {
      if (!raced) {
        raced = true;
        await race();
      }
      await store.write(changes);
    },
  };
}
