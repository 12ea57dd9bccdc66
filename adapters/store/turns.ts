import { type Image, type Lock, lock as lockSchema, type RolloutRecord } from '../../core/rollout/record.ts';
import { begunChange, rolloutBegunBy } from './begun-executions.ts';
import { keys, rolloutIdOf } from './keys.ts';
import { begunBefore } from './lost-ownership.ts';
import { readDocument, textOf } from './read-document.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { Rollouts } from './rollouts.ts';
import { seenChanges } from './seen-changes.ts';

/** Of one of sixteen partitions, so 64 in all: an account that can deploy Sluice has at least 100 Lambdas at once for what is not reserved. */
export const crowdedFrom = 4;

/** The execution that starts a rollout, and the event that started it, where one did. */
export interface Starter {
  readonly executionArn: string;
  readonly eventId: string | undefined;
}

export type BeginResult =
  | { readonly outcome: 'begun'; readonly record: RolloutRecord }
  /** Another rollout holds the service. */
  | { readonly outcome: 'held'; readonly holder: RolloutRecord };

/**
 * What it takes to begin a rollout, besides what its owner and the doors do: whose turn it is, who waits, and which pushes were dealt with. Apart from
 * them, because the abort door is called cold, and needs none of it.
 */
export class Turns extends Rollouts {
  /**
   * Takes the service for a new rollout. Idempotent by execution: the one that already holds it is told `begun` again.
   * `make` builds the record once the fence is known.
   * @throws FencedError where this execution's rollout was taken away by a door, or has ended: a Begin that is retried late, or a
   *   redrive, neither gets the door's fence nor a second rollout (T3).
   */
  async begin(rollout: string, start: Starter, make: (id: { rolloutId: string; fence: number }) => RolloutRecord): Promise<BeginResult> {
    return retryOnConflict(async () => {
      // Before the lock: a free lock that was read after the trace of a rollout means that this rollout has ended.
      const before = await rolloutBegunBy(this.store, rollout, start.executionArn);
      const item = await this.store.read(keys.lock(rollout));
      const lock = item === undefined ? undefined : readDocument(lockSchema, item);
      if (lock !== undefined && lock.rolloutId !== '') {
        const { record } = await this.load(rollout, lock.rolloutId);
        if (record.executionArn !== start.executionArn) return { outcome: 'held', holder: record };
        if (record.phase === 'rollingBack' || this.isEnded(record)) throw begunBefore(record.rolloutId);
        return { outcome: 'begun', record };
      }
      if (before !== undefined) throw begunBefore(before);
      const fence = (lock?.fence ?? 0) + 1;
      const rolloutId = rolloutIdOf(rollout, fence);
      const { lastCanaryUntilMs } = lock ?? {};
      const other = lastCanaryUntilMs === undefined ? {} : { otherCanaryUntilMs: lastCanaryUntilMs };
      const record: RolloutRecord = { ...make({ rolloutId, fence }), ...other };
      const taken: Lock = { rollout, fence, rolloutId, leaseUntilMs: this.leaseUntil(0) };
      await this.store.write([
        { put: keys.lock(rollout), value: taken, expect: item === undefined ? 'absent' : { version: item.version } },
        { put: keys.rollout(rollout, rolloutId), value: record, expect: 'absent' },
        begunChange(rollout, start.executionArn, rolloutId, this.clock.now()),
        ...seenChanges(rollout, record.image, start, this.clock.now()),
      ]);
      return { outcome: 'begun', record };
    });
  }

  /**
   * Notes who waits for the service. The newest image wins: the answer says whether this one still does. A waiter whose execution is known
   * to be dead, `deadArn`, counts as none.
   */
  async wait(rollout: string, waiter: { digest: string; executionArn: string; pushedAtMs: number }, deadArn?: string): Promise<boolean> {
    return retryOnConflict(async () => {
      const item = await this.store.read(keys.lock(rollout));
      if (item === undefined) return true;
      const lock = readDocument(lockSchema, item);
      const other = lock.waiting?.executionArn === deadArn ? undefined : lock.waiting;
      if (other !== undefined && other.executionArn !== waiter.executionArn && other.pushedAtMs >= waiter.pushedAtMs) return false;
      if (other?.executionArn === waiter.executionArn) return true;
      await this.store.write([{ put: keys.lock(rollout), value: { ...lock, waiting: waiter }, expect: { version: item.version } }]);
      return true;
    });
  }

  /**
   * Whether so many rollouts are under way that a Lambda which waits for each would be one too many. Reckoned from the locks that stand in the same
   * partition as this one, so that it is one request. Locks of services that nobody rolls out now stand there too.
   */
  async isCrowded(rollout: string): Promise<boolean> {
    const locks = await this.store.list(keys.lock(rollout).partition);
    return locks.filter(({ value }) => value['rolloutId'] !== '').length >= crowdedFrom;
  }

  /** Why an image may not be rolled out again, or undefined (O4). */
  async quarantineOf(rollout: string, digest: string): Promise<string | undefined> {
    const item = await this.store.read(keys.quarantine(rollout, digest));
    return item === undefined ? undefined : textOf(item.value['why']);
  }

  /** Whether a push of the digest was dealt with, whatever came of it. */
  async wasSeen(rollout: string, digest: string): Promise<boolean> {
    return (await this.store.read(keys.seen(rollout, digest))) !== undefined;
  }

  /** Whether another execution has dealt with this very event: a second delivery (O2). */
  async wasDelivered(rollout: string, start: Starter): Promise<boolean> {
    if (start.eventId === undefined) return false;
    const item = await this.store.read(keys.delivered(rollout, start.eventId));
    return item !== undefined && item.value['executionArn'] !== start.executionArn;
  }

  /** Notes that a push was dealt with, so that the sweep does not take it for lost, nor a second delivery for a new push. */
  async noteSeen(rollout: string, image: Image, start: Starter): Promise<void> {
    await this.store.write(seenChanges(rollout, image, start, this.clock.now()));
  }
}
