import { NotFoundError, StoreConflictError } from '../../core/errors.ts';
import type { Clock, RolloutStore, StoreChange } from '../../core/ports.ts';
import { endedPhases, type Image, type Lock, lock as lockSchema, type RolloutRecord, rolloutRecord } from '../../core/rollout/record.ts';
import { isTurnedByAlarm, triedAfresh } from '../../core/rollout/rollback-reason.ts';
import { begunChange, rolloutBegunBy } from './begun-executions.ts';
import { historySinceOf } from './ended-rollouts.ts';
import { keys, locksPartition, rolloutIdOf, rolloutsPartition } from './keys.ts';
import { begunBefore, fenced, torn } from './lost-ownership.ts';
import { readDocument, textOf } from './read-document.ts';
import { conflictAttempts, retryOnConflict } from './retry-on-conflict.ts';
import { seenChanges } from './seen-changes.ts';

/** How long a rollout may be silent, beyond the wait that it announced, before the sweep takes it for dead (O3). */
export const leaseSeconds = 60;

export interface HeldRollout {
  readonly record: RolloutRecord;
  readonly version: number;
  readonly lock: Lock;
  readonly lockVersion: number;
}

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
 * What the documents in the store mean: one lock per service with its fence, one record per rollout, a lease. Every write of an
 * owner carries the condition that the lock is still its own, in the same transaction (O1, O3).
 */
export class Rollouts {
  readonly #store: RolloutStore;
  readonly #clock: Clock;

  constructor(store: RolloutStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async readLock(rollout: string): Promise<Lock | undefined> {
    const item = await this.#store.read(keys.lock(rollout));
    return item === undefined ? undefined : readDocument(lockSchema, item);
  }

  /** All locks that a rollout holds now. */
  async active(): Promise<Lock[]> {
    const items = await this.#store.list(locksPartition);
    return items.map((item) => readDocument(lockSchema, item)).filter((lock) => lock.rolloutId !== '');
  }

  /** The rollouts of a service, oldest first. */
  async list(rollout: string): Promise<RolloutRecord[]> {
    const items = await this.#store.list(rolloutsPartition(rollout));
    return items.map((item) => readDocument(rolloutRecord, item));
  }

  /** @throws NotFoundError */
  async load(rollout: string, rolloutId: string): Promise<HeldRollout> {
    return retryOnConflict(async () => {
      const [item, lockItem] = await Promise.all([
        this.#store.read(keys.rollout(rollout, rolloutId)),
        this.#store.read(keys.lock(rollout)),
      ]);
      if (item === undefined || lockItem === undefined) {
        throw new NotFoundError(`There is no rollout ${rolloutId}.`, { remedy: 'List them with `sluice status`.' });
      }
      const record = readDocument(rolloutRecord, item);
      const lock = readDocument(lockSchema, lockItem);
      if (lock.rolloutId === rolloutId && lock.fence !== record.fence) throw torn(rolloutId);
      return { record, version: item.version, lock, lockVersion: lockItem.version };
    });
  }

  /**
   * The rollout, if it is still this owner's.
   * @throws FencedError where a door has raised the fence, or another rollout holds the service.
   */
  async loadOwned(owner: { readonly rollout: string; readonly rolloutId: string; readonly fence: number }): Promise<HeldRollout> {
    const held = await this.load(owner.rollout, owner.rolloutId);
    if (held.lock.rolloutId !== owner.rolloutId || held.lock.fence !== owner.fence) throw fenced(owner, held.lock);
    return held;
  }

  /**
   * Takes the service for a new rollout. Idempotent by execution: the one that already holds it is told `begun` again.
   * `make` builds the record once the fence is known.
   * @throws FencedError where this execution's rollout was taken away by a door, or has ended: a Begin that is retried late, or a
   *   redrive, neither gets the door's fence nor a second rollout (T3).
   */
  async begin(rollout: string, start: Starter, make: (id: { rolloutId: string; fence: number }) => RolloutRecord): Promise<BeginResult> {
    return retryOnConflict(async () => {
      // Before the lock: a free lock that was read after the trace of a rollout means that this rollout has ended.
      const before = await rolloutBegunBy(this.#store, rollout, start.executionArn);
      const item = await this.#store.read(keys.lock(rollout));
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
      const taken: Lock = { rollout, fence, rolloutId, leaseUntilMs: this.#leaseUntil(0) };
      await this.#store.write([
        { put: keys.lock(rollout), value: taken, expect: item === undefined ? 'absent' : { version: item.version } },
        { put: keys.rollout(rollout, rolloutId), value: record, expect: 'absent' },
        begunChange(rollout, start.executionArn, rolloutId, this.#clock.now()),
        ...seenChanges(rollout, record.image, start, this.#clock.now()),
      ]);
      return { outcome: 'begun', record };
    });
  }

  /**
   * Writes the record as the owner, and renews the lease: the rollout promises to be heard of again within `quietSeconds`. Whoever
   * writes in between (a person's request) says `keep`. `also` is written with it, or not at all. A fence that the owner raises is the
   * lock's as well.
   * @throws FencedError where the lock is not the owner's any more.
   */
  async save(
    held: HeldRollout,
    change: Partial<RolloutRecord>,
    quietSeconds: number | 'keep' = 0,
    also: readonly StoreChange[] = [],
  ): Promise<HeldRollout> {
    const record: RolloutRecord = { ...held.record, ...change };
    const { fence } = record;
    const lockFrom = (lock: Lock) => ({
      ...lock,
      fence,
      ...(quietSeconds === 'keep' ? {} : { leaseUntilMs: this.#leaseUntil(quietSeconds) }),
    });
    return this.#writeOwned(held, record, lockFrom, also);
  }

  /**
   * A door takes the rollout away from its execution: the fence grows by one (or to `atLeast`), and the record says why. A second
   * door finds it done, and gets the same fence: n deliveries have one effect (O2). Only an alarm takes it away once more, from a rollback
   * that finishes a promotion (O3). `rollbackFence` stays where a rollback goes beyond a fence that it found on a route.
   *
   * `known` is the rollout as it was just read: the first try spares itself a read, and if it is out of date, the write finds that
   * and the next try reads. One that is being rolled back already is read anew, since nothing would be written that could find it ended.
   *
   * @returns undefined where there is nothing to take: this rollout does not hold the service any more; its rollback has failed, which only a
   *   person has tried again; or a door that found a newer fence on a route than its `own` is late: the rollback has raised its fence since, and
   *   whatever the route carries, what that door knows of the safe side may no longer hold.
   */
  async raiseFence(
    rollout: string,
    rolloutId: string,
    change: Partial<RolloutRecord>,
    { atLeast = 0, own, known }: { readonly atLeast?: number; readonly own?: number; readonly known?: HeldRollout } = {},
  ): Promise<HeldRollout | undefined> {
    let fresh = known?.record.phase === 'rollingBack' ? undefined : known;
    return retryOnConflict(async () => {
      const held = fresh ?? (await this.load(rollout, rolloutId));
      fresh = undefined;
      if (held.lock.rolloutId !== rolloutId) return undefined;
      if (held.record.phase === 'failed' && change.rollbackActor?.kind !== 'person') return undefined;
      const turned = change.rollbackReason === 'alarm' && isTurnedByAlarm(held.record);
      const anew = turned || held.record.phase !== 'rollingBack';
      if (!anew && own !== undefined && held.lock.fence !== own) return undefined;
      if (!anew && held.lock.fence >= atLeast) return held;
      const fence = Math.max(held.lock.fence + 1, atLeast);
      const before = triedAfresh(held.record);
      const record: RolloutRecord = { ...before, ...change, phase: 'rollingBack', fence, ...(anew ? { rollbackFence: fence } : {}) };
      return this.#writeHeld(held, record, { ...held.lock, fence, leaseUntilMs: this.#leaseUntil(0) });
    });
  }

  /**
   * Ends the rollout and gives the service free, or with `failed` keeps it until a person has looked. The fence stays.
   * @throws FencedError where the lock is not the owner's any more.
   */
  async end(
    held: HeldRollout,
    change: Partial<RolloutRecord>,
    quarantineWhy?: string,
    also: readonly StoreChange[] = [],
  ): Promise<RolloutRecord> {
    const atMs = this.#clock.now();
    const record: RolloutRecord = { ...held.record, ...change, endedAtMs: atMs };
    const { rollout, rolloutId } = record;
    const put = keys.quarantine(rollout, record.image.digest);
    const quarantine: StoreChange[] =
      quarantineWhy === undefined ? [] : [{ put, value: { why: quarantineWhy, rolloutId, atMs }, expect: 'anything' }];
    const lockFrom = (lock: Lock) => ({
      ...lock,
      rolloutId: record.phase === 'failed' ? rolloutId : '',
      lastRolloutId: rolloutId,
      lastCanaryUntilMs: atMs,
    });
    await this.#writeOwned(held, record, lockFrom, [...quarantine, ...also]);
    return record;
  }

  /**
   * Notes who waits for the service. The newest image wins: the answer says whether this one still does. A waiter whose execution is known
   * to be dead, `deadArn`, counts as none.
   */
  async wait(rollout: string, waiter: { digest: string; executionArn: string; pushedAtMs: number }, deadArn?: string): Promise<boolean> {
    return retryOnConflict(async () => {
      const item = await this.#store.read(keys.lock(rollout));
      if (item === undefined) return true;
      const lock = readDocument(lockSchema, item);
      const other = lock.waiting?.executionArn === deadArn ? undefined : lock.waiting;
      if (other !== undefined && other.executionArn !== waiter.executionArn && other.pushedAtMs >= waiter.pushedAtMs) return false;
      if (other?.executionArn === waiter.executionArn) return true;
      await this.#store.write([{ put: keys.lock(rollout), value: { ...lock, waiting: waiter }, expect: { version: item.version } }]);
      return true;
    });
  }

  /** Why an image may not be rolled out again, or undefined (O4). */
  async quarantineOf(rollout: string, digest: string): Promise<string | undefined> {
    const item = await this.#store.read(keys.quarantine(rollout, digest));
    return item === undefined ? undefined : textOf(item.value['why']);
  }

  /** Whether a push of the digest was dealt with, whatever came of it. */
  async wasSeen(rollout: string, digest: string): Promise<boolean> {
    return (await this.#store.read(keys.seen(rollout, digest))) !== undefined;
  }

  /** Whether another execution has dealt with this very event: a second delivery (O2). */
  async wasDelivered(rollout: string, start: Starter): Promise<boolean> {
    if (start.eventId === undefined) return false;
    const item = await this.#store.read(keys.delivered(rollout, start.eventId));
    return item !== undefined && item.value['executionArn'] !== start.executionArn;
  }

  /** Notes that a push was dealt with, so that the sweep does not take it for lost, nor a second delivery for a new push. */
  async noteSeen(rollout: string, image: Image, start: Starter): Promise<void> {
    await this.#store.write(seenChanges(rollout, image, start, this.#clock.now()));
  }

  isEnded(record: RolloutRecord): boolean {
    return endedPhases.includes(record.phase);
  }

  /**
   * The write of an owner. The lock carries a note of who waits, and whoever waits may write it at any time: that note is kept, and is no
   * reason for the write to fail.
   */
  async #writeOwned(
    held: HeldRollout,
    record: RolloutRecord,
    lockFrom: (lock: Lock) => Lock,
    also: readonly StoreChange[] = [],
  ): Promise<HeldRollout> {
    const { rollout, rolloutId } = record;
    const { fence } = held.lock;
    let { lock, lockVersion } = held;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#writeHeld({ ...held, lockVersion }, record, lockFrom(lock), also);
      } catch (error) {
        if (!(error instanceof StoreConflictError)) throw error;
        const now = await this.load(rollout, rolloutId);
        if (now.lock.rolloutId !== rolloutId || now.lock.fence !== fence) throw fenced({ rollout, rolloutId, fence }, now.lock);
        if (now.version !== held.version || attempt === conflictAttempts) throw error;
        ({ lock, lockVersion } = now);
      }
    }
  }

  /** Record and lock in one transaction, if both are still what was read. */
  async #writeHeld(
    held: Pick<HeldRollout, 'version' | 'lockVersion'>,
    record: RolloutRecord,
    lock: Lock,
    also: readonly StoreChange[] = [],
  ): Promise<HeldRollout> {
    await this.#store.write([
      { put: keys.rollout(record.rollout, record.rolloutId), value: record, expect: { version: held.version }, ...historySinceOf(record) },
      { put: keys.lock(record.rollout), value: lock, expect: { version: held.lockVersion } },
      ...also,
    ]);
    return { record, version: held.version + 1, lock, lockVersion: held.lockVersion + 1 };
  }

  #leaseUntil(quietSeconds: number): number {
    return this.#clock.now() + (leaseSeconds + quietSeconds) * 1000;
  }
}
