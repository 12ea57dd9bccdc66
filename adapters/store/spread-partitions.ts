import { createHash } from 'node:crypto';
import type { RolloutStore, StoredItem } from '../../core/ports.ts';

/** What all rollouts write and somebody lists: of one partition key DynamoDB takes 1,000 write units a second, and no more. */
export type Spread = 'locks' | 'untold';

const digits = [...'0123456789abcdef'];

/** As many as there are of each. */
export const spreadPartitions = (of: Spread): readonly string[] => digits.map((digit) => `${of}#${digit}`);

/**
 * Where an item of such documents stands: the first hexadecimal digit of the SHA-256 of its sort key, which a person finds by
 * `printf %s checkout | sha256sum | cut -c1`. docs/decisions/0021-locks-are-spread.md has the figures.
 *
 * @example spreadPartition('locks', 'checkout') // 'locks#c'
 */
export function spreadPartition(of: Spread, sort: string): string {
  return `${of}#${createHash('sha256').update(sort).digest('hex').slice(0, 1)}`;
}

/**
 * All of them, by their sort keys. One partition after the other: whoever lists is in no hurry, and sixteen requests at once would stand in the way of a
 * door's.
 */
export async function listSpread(store: Pick<RolloutStore, 'list'>, of: Spread): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  for (const partition of spreadPartitions(of)) items.push(...(await store.list(partition)));
  return items.toSorted((one, other) => (one.key.sort < other.key.sort ? -1 : 1));
}
