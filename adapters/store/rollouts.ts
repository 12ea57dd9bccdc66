import { NotFoundError, StoreConflictError } from '../../core/errors.ts';
import type { Clock, RolloutStore, StoreChange } from '../../core/ports.ts';
import { endedPhases, type Lock, lock as lockSchema, type RolloutRecord, rolloutRecord } from '../../core/rollout/record.ts';
import { isTurnedByAlarm, triedAfresh } from '../../core/rollout/rollback-reason.ts';
import { historySinceOf } from './ended-rollouts.ts';
import { keys, rolloutsPartition } from './keys.ts';
import { fenced, torn } from './lost-ownership.ts';
import { readDocument } from './read-document.ts';
import { conflictAttempts, retryOnConflict } from './retry-on-conflict.ts';
import { listSpread } from './spread-partitions.ts';

/** How long a rollout may be silent, beyond the wait that it announced, before the sweep takes it for dead (O3). */
export const leaseSeconds = 60;

export interface HeldRollout {
  readonly record: RolloutRecord;
  readonly version: number;
  readonly lock: Lock;
  readonly lockVersion: number;
}

/**
 * What the documents in the store mean: one lock per service with its fence, one record per rollout, a lease. Every write of an
 * owner carries the condition that the lock is still its own, in the same transaction (O1, O3).
 */
export class Rollouts {
  protected readonly store: RolloutStore;
  protected readonly clock: Clock;

  constructor(store: RolloutStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  async readLock(rollout: string): Promise<Lock | undefined> {
    const item = await this.store.read(keys.lock(rollout));
    return item === undefined ? undefined : readDocument(lockSchema, item);
  }

  /** All locks that a rollout holds now. */
  async active(): Promise<Lock[]> {
    const items = await listSpread(this.store, 'locks');
    return items.map((item) => readDocument(lockSchema, item)).filter((lock) => lock.rolloutId !== '');
  }

  /** The rollouts of a service, oldest first. */
  async list(rollout: string): Promise<RolloutRecord[]> {
    const items = await this.store.list(rolloutsPartition(rollout));
    return items.map((item) => readDocument(rolloutRecord, item));
  }

  /** @throws NotFoundError */
  async load(rollout: string, rolloutId: string): Promise<HeldRollout> {
    return retryOnConflict(async () => {
      const [item, lockItem] = await Promise.all([this.store.read(keys.rollout(rollout, rolloutId)), this.store.read(keys.lock(rollout))]);
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
      ...(quietSeconds === 'keep' ? {} : { leaseUntilMs: this.leaseUntil(quietSeconds) }),
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
      return this.#writeHeld(held, record, { ...held.lock, fence, leaseUntilMs: this.leaseUntil(0) });
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
    const atMs = this.clock.now();
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
    await this.store.write([
      { put: keys.rollout(record.rollout, record.rolloutId), value: record, expect: { version: held.version }, ...historySinceOf(record) },
      { put: keys.lock(record.rollout), value: lock, expect: { version: held.lockVersion } },
      ...also,
    ]);
    return { record, version: held.version + 1, lock, lockVersion: held.lockVersion + 1 };
  }

  protected leaseUntil(quietSeconds: number): number {
    return this.clock.now() + (leaseSeconds + quietSeconds) * 1000;
  }
}
