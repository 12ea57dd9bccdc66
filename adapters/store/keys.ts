import type { StoreKey } from '../../core/ports.ts';
import { spreadPartition } from './spread-partitions.ts';

/**
 * Where each document stands in the store. Locks share a few partitions, so that the sweep finds all running rollouts with a few queries; so do
 * the events that are still to be told.
 */
export const keys = {
  lock: (rollout: string): StoreKey => ({ partition: spreadPartition('locks', rollout), sort: rollout }),
  rollout: (rollout: string, rolloutId: string): StoreKey => ({ partition: rolloutsPartition(rollout), sort: rolloutId }),
  history: (rolloutId: string, atMs: number, what: string): StoreKey => ({
    partition: historyPartition(rolloutId),
    sort: `${String(Math.round(atMs)).padStart(15, '0')}#${what}`,
  }),
  spec: (rollout: string): StoreKey => ({ partition: specsPartition, sort: rollout }),
  specVersion: (rollout: string, version: number): StoreKey => ({ partition: `specs#${rollout}`, sort: String(version).padStart(9, '0') }),
  quarantine: (rollout: string, digest: string): StoreKey => ({ partition: `quarantine#${rollout}`, sort: digest }),
  seen: (rollout: string, digest: string): StoreKey => ({ partition: `seen#${rollout}`, sort: digest }),
  delivered: (rollout: string, eventId: string): StoreKey => ({ partition: `delivered#${rollout}`, sort: eventId }),
  untold: (eventId: string): StoreKey => ({ partition: spreadPartition('untold', eventId), sort: eventId }),
  begun: (rollout: string, executionArn: string): StoreKey => ({ partition: `begun#${rollout}`, sort: executionArn }),
  sweepTurn: (of: string): StoreKey => ({ partition: 'sweep-turns', sort: of }),
  alarm: (name: string): StoreKey => ({ partition: `alarm#${name}`, sort: 'state' }),
  alert: (name: string): StoreKey => ({ partition: `alert#${name}`, sort: 'state' }),
  alarmIndex: (name: string, rollout: string): StoreKey => ({ partition: alarmIndexPartition(name), sort: rollout }),
  alertIndex: (name: string, rollout: string): StoreKey => ({ partition: alertIndexPartition(name), sort: rollout }),
  repositoryIndex: (repository: string, rollout: string): StoreKey => ({ partition: repositoryIndexPartition(repository), sort: rollout }),
};

export const specsPartition = 'specs';
export const rolloutsPartition = (rollout: string): string => `rollouts#${rollout}`;
export const historyPartition = (rolloutId: string): string => `history#${rolloutId}`;
export const alarmIndexPartition = (name: string): string => `alarm-index#${name}`;
export const alertIndexPartition = (name: string): string => `alert-index#${name}`;
export const repositoryIndexPartition = (repository: string): string => `repository-index#${repository}`;

/**
 * The name of a rollout: who it is of, and the fence it began with, padded so that names sort by age.
 *
 * @example rolloutIdOf('checkout', 12) // 'checkout-000012'
 */
export function rolloutIdOf(rollout: string, fence: number): string {
  return `${rollout}-${String(fence).padStart(6, '0')}`;
}
