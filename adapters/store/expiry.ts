import type { StoreChange } from '../../core/ports.ts';

/** For how many days a store keeps what is history. 0, or left out: for ever. */
export interface Retention {
  readonly retentionDays?: number | undefined;
}

/**
 * From which second of the Unix epoch on the item is absent: a whole number, which is what DynamoDB's time to live takes.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
 * @example expiresAtSeconds({ put: key, value: {}, expect: 'anything', historySinceMs: 500 }, { retentionDays: 90 }) // 7776001
 */
export function expiresAtSeconds(change: StoreChange, { retentionDays = 0 }: Retention): number | undefined {
  if (!('put' in change) || change.historySinceMs === undefined || retentionDays === 0) return undefined;
  return Math.ceil(change.historySinceMs / 1000) + retentionDays * 86_400;
}

/** DynamoDB deletes within a few days of it, the memory never: nobody may see what is past it. */
export function isExpired(expires: number | undefined, nowMs: number): boolean {
  return expires !== undefined && expires * 1000 <= nowMs;
}
