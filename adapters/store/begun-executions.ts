import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { keys } from './keys.ts';

/** The trace that an execution has taken the service for a rollout: written together with the lock, and never by anybody twice. */
export function begunChange(rollout: string, executionArn: string, rolloutId: string): StoreChange {
  return { put: keys.begun(rollout, executionArn), value: { rolloutId }, expect: 'absent' };
}

/** The rollout that the execution began, whatever has become of it since; undefined where it has begun none. One item is read. */
export async function rolloutBegunBy(store: RolloutStore, rollout: string, executionArn: string): Promise<string | undefined> {
  const item = await store.read(keys.begun(rollout, executionArn));
  if (item === undefined) return undefined;
  const { rolloutId } = item.value;
  return typeof rolloutId === 'string' ? rolloutId : 'unknown';
}
