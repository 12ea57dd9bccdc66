import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { NotFoundError, SpecInvalidError } from '../../core/errors.ts';
import type { RolloutStore, StoreChange, StoredItem, StoreKey } from '../../core/ports.ts';
import { stored as storedShape } from '../../core/rollout/stored.ts';
import { type RolloutSpec, rolloutSpec } from '../../core/spec/rollout-spec.ts';
import { keys, specsPartition } from './keys.ts';
import { readDocument } from './read-document.ts';
import { SpecIndex } from './spec-index.ts';

const specItem = storedShape({
  source: z.record(z.string(), z.unknown()),
  specVersion: z.int(),
  appliedAtMs: z.number(),
  /** Since when it starts nothing any more. */
  retiredAtMs: z.optional(z.number()),
  deployedBy: z.optional(storedShape({ stack: z.string(), resource: z.string() })),
});
type SpecItem = z.infer<typeof specItem>;

/** The resource of a stack that a spec is deployed by: a file in rollouts/. One that was applied by hand alone has none. */
export type SpecDeployer = NonNullable<SpecItem['deployedBy']>;

export interface StoredSpec {
  readonly spec: RolloutSpec;
  /** As it stands in the file. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly specVersion: number;
  readonly appliedAtMs: number;
  /** Since when pushes and people start no rollout by it any more; its history stays, and so do the rollouts that began with it. */
  readonly retiredAtMs: number | undefined;
}

/**
 * Specs are data: versioned, with an index from the names of alarms, alerts and repositories to rollouts, so that the number of
 * EventBridge rules does not grow with the number of services (an account has 300 a bus). A CloudWatch alarm and a Prometheus alert of one
 * name are two things.
 */
export class Specs extends SpecIndex {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    super(store);
    this.#store = store;
  }

  /**
   * Stores a checked spec as the newest version. The same spec again changes nothing; the store keeps no order of fields. One that was retired
   * comes back, as the next version.
   *
   * @throws SpecInvalidError where another resource of the same stack deploys a rollout of that name: two files, of which the later one
   *   would win without a word.
   */
  async apply(
    source: Readonly<Record<string, unknown>>,
    atMs: number,
    deployer?: SpecDeployer,
  ): Promise<{ specVersion: number; changed: boolean }> {
    const spec = rolloutSpec.parse(source);
    const item = await this.#store.read(keys.spec(spec.name));
    const known = item === undefined ? undefined : readDocument(specItem, item);
    const active = known?.retiredAtMs === undefined ? known : undefined;
    refuseSecondFile(spec.name, active?.deployedBy, deployer);
    const changed = active === undefined || !isDeepStrictEqual(active.source, source);
    const by = deployer ?? active?.deployedBy;
    if (!changed && isDeepStrictEqual(active.deployedBy, by)) return { specVersion: active.specVersion, changed };
    const specVersion = (known?.specVersion ?? 0) + (changed ? 1 : 0);
    const value: SpecItem = {
      source: { ...source },
      specVersion,
      appliedAtMs: changed ? atMs : active.appliedAtMs,
      ...(by === undefined ? {} : { deployedBy: by }),
    };
    const changes: StoreChange[] = [
      { put: keys.spec(spec.name), value, expect: item === undefined ? 'absent' : { version: item.version } },
      ...(changed ? [{ put: keys.specVersion(spec.name, specVersion), value, expect: 'absent' as const }] : []),
      ...indexChanges(known === undefined ? [] : indexKeys(known), indexKeys(value)),
    ];
    await this.#store.write(changes);
    return { specVersion, changed };
  }

  /**
   * Takes a spec out of use: pushes and people start nothing by it any more. It is kept, with its versions, for the history and for a rollout that
   * runs, which goes on by the version that it began with; so its alarms and alerts stay in the index, where they concern nothing once that
   * rollout has ended. Idempotent.
   *
   * @returns False where there was nothing to retire: no such spec, one that is retired already, or one that `deployer` does not deploy any
   *   more: another resource has taken it over, or a person has brought it back.
   */
  async retire(rollout: string, atMs: number, deployer?: SpecDeployer): Promise<boolean> {
    const item = await this.#store.read(keys.spec(rollout));
    if (item === undefined) return false;
    const known = readDocument(specItem, item);
    if (known.retiredAtMs !== undefined) return false;
    if (deployer !== undefined && !isDeepStrictEqual(known.deployedBy, deployer)) return false;
    const value: SpecItem = { ...known, retiredAtMs: atMs };
    await this.#store.write([
      { put: keys.spec(rollout), value, expect: { version: item.version } },
      ...indexChanges(indexKeys(known), indexKeys(value)),
    ]);
    return true;
  }

  /** Also one that is retired. */
  async find(rollout: string): Promise<StoredSpec | undefined> {
    const item = await this.#store.read(keys.spec(rollout));
    return item === undefined ? undefined : stored(item);
  }

  /** Also one that is retired. @throws NotFoundError, which names all that there are: it reads them for that. */
  async load(rollout: string): Promise<StoredSpec> {
    const found = await this.find(rollout);
    if (found !== undefined) return found;
    const names = (await this.list()).map(({ spec }) => spec.name).join(', ') || 'none';
    throw new NotFoundError(`There is no rollout named ${rollout}; there are: ${names}.`, {
      remedy: 'Apply its spec with `sluice apply rollouts/<name>.yaml`, or correct the name.',
    });
  }

  /** All, by name; those that are retired too. */
  async list(): Promise<StoredSpec[]> {
    return (await this.#store.list(specsPartition)).map((item) => stored(item));
  }
}

function stored(item: StoredItem): StoredSpec {
  const { source, specVersion, appliedAtMs, retiredAtMs } = readDocument(specItem, item);
  return { spec: readDocument(rolloutSpec, { key: item.key, value: source }), source, specVersion, appliedAtMs, retiredAtMs };
}

function refuseSecondFile(rollout: string, deployedBy: SpecDeployer | undefined, deployer: SpecDeployer | undefined): void {
  if (deployedBy === undefined || deployer === undefined) return;
  if (deployedBy.stack !== deployer.stack || deployedBy.resource === deployer.resource) return;
  throw new SpecInvalidError(`Another file of this deployment (its resource is ${deployedBy.resource}) has the rollout ${rollout}.`, {
    remedy:
      'Give one of the two rollouts another name; to hand a name on from one file to another, deploy without the first one in between.',
  });
}

/** Where the index leads to a spec from. A retired one is no longer found by pushes. */
function indexKeys({ source, retiredAtMs }: SpecItem): StoreKey[] {
  const spec = rolloutSpec.parse(source);
  return [
    ...spec.analysis.alarms.map((alarm) => keys.alarmIndex(alarm, spec.name)),
    ...spec.analysis.alerts.map((alert) => keys.alertIndex(alert, spec.name)),
    ...(retiredAtMs === undefined ? [keys.repositoryIndex(spec.image.repository, spec.name)] : []),
  ];
}

/** A transaction holds at most 100 changes and never the same item twice, so only what differs is touched. */
function indexChanges(before: readonly StoreKey[], after: readonly StoreKey[]): StoreChange[] {
  const byId = (all: readonly StoreKey[]) => new Map(all.map((key) => [`${key.partition}/${key.sort}`, key] as const));
  const old = byId(before);
  const now = byId(after);
  const put = [...now]
    .filter(([id]) => !old.has(id))
    .map(([, key]): StoreChange => ({ put: key, value: { rollout: key.sort }, expect: 'anything' }));
  const gone = [...old].filter(([id]) => !now.has(id)).map(([, key]): StoreChange => ({ remove: key, expect: 'anything' }));
  return [...put, ...gone];
}
