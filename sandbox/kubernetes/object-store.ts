import type { KubernetesObject } from '../../core/ports.ts';
import { deepFreeze, isRecord, type JsonRecord, sameJson } from './json.ts';
import type { LabelSelector } from './label-selector.ts';
import type { ResourceType } from './resource-type.ts';
import { alreadyExists, modifiedMeanwhile, notFound, type Outcome, preconditionFailed, uidDiffers } from './status.ts';

/** An object with all that the API server sets. Frozen: a change makes a new one. */
export interface StoredObject extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & {
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
  };
}

export interface ObjectKey {
  /** Empty for kinds without namespace. */
  readonly namespace: string;
  readonly name: string;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: ResourceType;
  /** As it is now; for DELETED as it was, with the resourceVersion of its deletion. */
  readonly object: StoredObject;
  /** As it was before a MODIFIED. */
  readonly previous?: StoredObject;
  readonly resourceVersion: number;
}

export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface WriteOptions {
  /** Computes what would be, and commits nothing. */
  readonly dryRun?: boolean;
  /** Which part an update may change: `main` all but status, `status` nothing else. Controllers may change `everything`. */
  readonly part?: 'main' | 'status' | 'everything';
}

/** How many changes a watch can look back on. etcd keeps five minutes of them. */
const keptChanges = 10_000;

/** Objects with versions: etcd and the generic registry in one. Each method takes effect at once, and wholly or not at all. */
export class ObjectStore {
  readonly #now: () => number;
  readonly #objects = new Map<ResourceType, Map<string, StoredObject>>();
  readonly #history: Change[] = [];
  readonly #undelivered: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  #version = 1;
  #uids = 0;
  #delivering = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  get resourceVersion(): number {
    return this.#version;
  }

  read(type: ResourceType, key: ObjectKey): StoredObject | undefined {
    return this.#objects.get(type)?.get(path(key));
  }

  /** Sorted by namespace and name. An empty namespace means all of them. */
  list(type: ResourceType, namespace: string, selector: LabelSelector = () => true): StoredObject[] {
    return [...(this.#objects.get(type)?.entries() ?? [])]
      .filter(([, { metadata }]) => (namespace === '' || metadata.namespace === namespace) && selector(metadata.labels ?? {}))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  create(type: ResourceType, key: ObjectKey, object: KubernetesObject, options: WriteOptions = {}): Outcome<StoredObject> {
    if (this.read(type, key) !== undefined) return { refused: alreadyExists(type, key.name) };
    const uid = `00000000-0000-4000-8000-${String(this.#uids + 1).padStart(12, '0')}`;
    const { status: _ignored, ...rest } = object;
    const created: StoredObject = deepFreeze({
      ...(type.statusSubresource ? rest : object),
      ...(type.statusSubresource && !type.custom ? { status: {} } : {}),
      metadata: {
        ...withoutEmptyMaps(object.metadata),
        ...key,
        uid,
        resourceVersion: String(this.#version + 1),
        generation: 1,
        creationTimestamp: `${new Date(this.#now()).toISOString().slice(0, 19)}Z`,
      },
    });
    if (options.dryRun) return { object: created };
    this.#uids += 1;
    this.#commit({ type: 'ADDED', resource: type, object: created, resourceVersion: this.#version + 1 });
    return { object: created };
  }

  /**
   * Reads, edits and writes back in one go. What the edit leaves of `metadata.uid` and `metadata.resourceVersion` are
   * preconditions, as in the API. An edit that changes nothing commits nothing.
   */
  update(
    type: ResourceType,
    key: ObjectKey,
    edit: (current: StoredObject) => Outcome<KubernetesObject>,
    options: WriteOptions = {},
  ): Outcome<StoredObject> {
    const current = this.read(type, key);
    if (current === undefined) return { refused: notFound(type, key.name) };
    const edited = edit(current);
    if (edited.refused !== undefined) return edited;
    const { uid = current.metadata.uid, resourceVersion = current.metadata.resourceVersion } = edited.object.metadata;
    if (uid !== current.metadata.uid) return { refused: uidDiffers(type, key.name, uid, current.metadata.uid) };
    if (resourceVersion !== current.metadata.resourceVersion) return { refused: modifiedMeanwhile(type, key.name) };

    const next = withServersFields(current, limitedTo(options.part ?? 'main', type, current, edited.object));
    if (sameJson(next, current)) return { object: current };
    const generation = current.metadata.generation + (sameJson(contentOf(next), contentOf(current)) ? 0 : 1);
    const metadata = { ...next.metadata, generation, resourceVersion: String(this.#version + 1) };
    const written: StoredObject = deepFreeze({ ...next, metadata });
    if (!options.dryRun) {
      this.#commit({ type: 'MODIFIED', resource: type, object: written, previous: current, resourceVersion: this.#version + 1 });
    }
    return { object: written };
  }

  /** Deletes, and with it all that only it (or what went with it) owns. */
  remove(type: ResourceType, key: ObjectKey, preconditions: Preconditions = {}, options: WriteOptions = {}): Outcome<StoredObject> {
    const current = this.read(type, key);
    if (current === undefined) return { refused: notFound(type, key.name) };
    const { uid, resourceVersion } = current.metadata;
    const wanted = { uid, resourceVersion, ...preconditions };
    if (wanted.uid !== undefined && wanted.uid !== uid) {
      return { refused: preconditionFailed(type, key.name, 'UID', wanted.uid, uid) };
    }
    if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
      return { refused: preconditionFailed(type, key.name, 'ResourceVersion', wanted.resourceVersion, resourceVersion) };
    }
    const metadata = { ...current.metadata, resourceVersion: String(this.#version + 1) };
    const removed: StoredObject = deepFreeze({ ...current, metadata });
    if (options.dryRun) return { object: removed };
    this.#commit({ type: 'DELETED', resource: type, object: removed, resourceVersion: this.#version + 1 });
    this.#removeDependents(uid);
    return { object: removed };
  }

  /** The changes after a version, oldest first, or undefined where some of them are no longer kept. */
  changesAfter(version: number): Change[] | undefined {
    const oldest = this.#history[0]?.resourceVersion ?? this.#version + 1;
    return version < oldest - 1 ? undefined : this.#history.filter((change) => change.resourceVersion > version);
  }

  /**
   * Calls back after each commit, before the write returns. A write made inside a listener is told to everyone after the
   * present one, so that all listeners see the same order. Returns how to end it.
   */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(change: Change): void {
    this.#version = change.resourceVersion;
    const ofType = this.#objects.get(change.resource) ?? new Map<string, StoredObject>();
    this.#objects.set(change.resource, ofType);
    if (change.type === 'DELETED') ofType.delete(path(change.object.metadata));
    else ofType.set(path(change.object.metadata), change.object);
    this.#history.push(change);
    if (this.#history.length > keptChanges) this.#history.shift();
    this.#undelivered.push(change);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let change = this.#undelivered.shift(); change !== undefined; change = this.#undelivered.shift()) {
        for (const listener of [...this.#listeners]) listener(change);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #removeDependents(ownerUid: string): void {
    const living = new Set([...this.#objects.values()].flatMap((ofType) => [...ofType.values()].map(({ metadata }) => metadata.uid)));
    for (const [type, ofType] of this.#objects) {
      for (const { metadata } of [...ofType.values()]) {
        const owners = ownerUids(metadata);
        if (owners.includes(ownerUid) && !owners.some((owner) => living.has(owner))) this.remove(type, metadata, { uid: metadata.uid });
      }
    }
  }
}

/** The uids of an object's owners. */
export function ownerUids(metadata: KubernetesObject['metadata']): string[] {
  const owners = metadata['ownerReferences'];
  return Array.isArray(owners)
    ? owners.flatMap((owner) => (isRecord(owner) && typeof owner['uid'] === 'string' ? [owner['uid']] : []))
    : [];
}

function path(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}

function limitedTo(
  part: 'main' | 'status' | 'everything',
  type: ResourceType,
  current: StoredObject,
  edited: KubernetesObject,
): KubernetesObject {
  if (part === 'everything' || (part === 'main' && !type.statusSubresource)) return edited;
  if (part === 'status') return { ...current, status: edited['status'] };
  const { status: _ignored, ...rest } = edited;
  return 'status' in current ? { ...rest, status: current['status'] } : rest;
}

function withServersFields(current: StoredObject, edited: KubernetesObject): StoredObject {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = current.metadata;
  const own = { name, namespace, uid, resourceVersion, generation, creationTimestamp };
  return {
    ...edited,
    apiVersion: current.apiVersion,
    kind: current.kind,
    metadata: { ...withoutEmptyMaps(edited.metadata), ...own },
  };
}

/** The API omits empty maps and lists of metadata, so a path into them is missing, not empty. */
function withoutEmptyMaps(metadata: KubernetesObject['metadata']): KubernetesObject['metadata'] {
  const omitted = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers']);
  const kept = Object.entries(metadata).filter(([key, value]) => !omitted.has(key) || Object.keys(value ?? {}).length > 0);
  return { ...Object.fromEntries(kept), name: metadata.name };
}

/** All that counts for the generation. */
function contentOf(object: StoredObject): JsonRecord {
  const { metadata: _metadata, status: _status, ...content } = object;
  return content;
}
