import type { StoreChange } from '../../core/ports.ts';
import type { Image } from '../../core/rollout/record.ts';
import { keys } from './keys.ts';
import type { Starter } from './turns.ts';

/** What notes that a push was dealt with: the image, so that the sweep does not take it for lost, and the event that told of it, where one did. */
export function seenChanges(rollout: string, image: Image, start: Starter, atMs: number): StoreChange[] {
  const { executionArn, eventId } = start;
  const history = { expect: 'anything', historySinceMs: atMs } as const;
  const seen: StoreChange = { put: keys.seen(rollout, image.digest), value: { atMs, pushedAtMs: image.pushedAtMs }, ...history };
  if (eventId === undefined) return [seen];
  return [seen, { put: keys.delivered(rollout, eventId), value: { atMs, executionArn }, ...history }];
}
