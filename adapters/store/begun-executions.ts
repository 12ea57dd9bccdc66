import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { keys } from './keys.ts';
import { textOf } from './read-document.ts';

/**
 * The trace that an execution has taken the service for a rollout: written together with the lock, and never by anybody twice. It is asked for as long as
 * an execution lasts, 31 days, and may be driven again, 14 more.
 */
export function begunChange(rollout: string, executionArn: string, rolloutId: string, atMs: number): StoreChange {
  return { put: keys.begun(rollout, executionArn), value: { rolloutId }, expect: 'absent', historySinceMs: atMs };
}

/** The rollout that the execution began, whatever has become of it since; undefined where it has begun none. One item is read. */
export async function rolloutBegunBy(store: RolloutStore, rollout: string, executionArn: string): Promise<string | undefined> {
  const item = await store.read(keys.begun(rollout, executionArn));
  return item === undefined ? undefined : textOf(item.value['rolloutId']);
}
