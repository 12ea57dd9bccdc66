import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { NotFoundError } from '../../core/errors.ts';
import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { type RolloutSpec, rolloutSpec } from '../../core/spec/rollout-spec.ts';
import { alarmIndexPartition, keys, repositoryIndexPartition, specsPartition } from './keys.ts';

const specItem = z.strictObject({ source: z.record(z.string(), z.unknown()), specVersion: z.int(), appliedAtMs: z.number() });

export interface StoredSpec {
  readonly spec: RolloutSpec;
  /** As it stands in the file. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly specVersion: number;
  readonly appliedAtMs: number;
}

/**
 * Specs are data: versioned, with an index from alarm and repository names to rollouts, so that the number of EventBridge rules
 * does not grow with the number of services (an account has 300 a bus).
 */
export class Specs {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /** Stores a checked spec as the newest version. The same spec again changes nothing; the store keeps no order of fields. */
  async apply(source: Readonly<Record<string, unknown>>, atMs: number): Promise<{ specVersion: number; changed: boolean }> {
    const spec = rolloutSpec.parse(source);
    const item = await this.#store.read(keys.spec(spec.name));
    const known = item === undefined ? undefined : specItem.parse(item.value);
    if (known !== undefined && isDeepStrictEqual(known.source, source)) {
      return { specVersion: known.specVersion, changed: false };
    }
    const specVersion = (known?.specVersion ?? 0) + 1;
    const value = { source, specVersion, appliedAtMs: atMs };
    const changes: StoreChange[] = [
      { put: keys.spec(spec.name), value, expect: item === undefined ? 'absent' : { version: item.version } },
      { put: keys.specVersion(spec.name, specVersion), value, expect: 'absent' },
      ...indexChanges(known === undefined ? undefined : rolloutSpec.parse(known.source), spec),
    ];
    await this.#store.write(changes);
    return { specVersion, changed: true };
  }

  /** @throws NotFoundError */
  async load(rollout: string): Promise<StoredSpec> {
    const item = await this.#store.read(keys.spec(rollout));
    if (item === undefined) {
      const names = (await this.list()).map((stored) => stored.spec.name).join(', ') || 'none';
      throw new NotFoundError(`There is no rollout named ${rollout}; there are: ${names}.`, {
        remedy: 'Apply its spec with `sluice apply rollouts/<name>.yaml`, or correct the name.',
      });
    }
    return stored(item.value);
  }

  async list(): Promise<StoredSpec[]> {
    return (await this.#store.list(specsPartition)).map((item) => stored(item.value));
  }

  /** The rollouts whose spec names the alarm. */
  async namesForAlarm(alarm: string): Promise<string[]> {
    return (await this.#store.list(alarmIndexPartition(alarm))).map((item) => item.key.sort);
  }

  /** The rollouts whose spec takes images from the repository. */
  async namesForRepository(repository: string): Promise<string[]> {
    return (await this.#store.list(repositoryIndexPartition(repository))).map((item) => item.key.sort);
  }
}

function stored(value: Readonly<Record<string, unknown>>): StoredSpec {
  const { source, specVersion, appliedAtMs } = specItem.parse(value);
  return { spec: rolloutSpec.parse(source), source, specVersion, appliedAtMs };
}

/** A transaction holds at most 100 changes and never the same item twice, so only what differs is touched. */
function indexChanges(before: RolloutSpec | undefined, after: RolloutSpec): StoreChange[] {
  const entries = (spec: RolloutSpec | undefined) =>
    new Map(
      spec === undefined
        ? []
        : [
            ...spec.analysis.alarms.map((alarm) => keys.alarmIndex(alarm, spec.name)),
            keys.repositoryIndex(spec.image.repository, spec.name),
          ].map((key) => [`${key.partition}/${key.sort}`, key] as const),
    );
  const old = entries(before);
  const now = entries(after);
  const put = [...now]
    .filter(([id]) => !old.has(id))
    .map(([, key]): StoreChange => ({ put: key, value: { rollout: after.name }, expect: 'anything' }));
  const gone = [...old].filter(([id]) => !now.has(id)).map(([, key]): StoreChange => ({ remove: key, expect: 'anything' }));
  return [...put, ...gone];
}
