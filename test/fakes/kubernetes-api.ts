import { isDeepStrictEqual } from 'node:util';
import { ClusterForbiddenError } from '../../core/errors.ts';
import type {
  DeletePreconditions,
  KubernetesApi,
  KubernetesObject,
  KubernetesWrite,
  KubernetesWriteResult,
  ResourceRef,
} from '../../core/ports.ts';
import { applyJsonPatch, PatchRefused } from './json-patch.ts';

const resources: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  Service: 'services',
  Pod: 'pods',
  EndpointSlice: 'endpointslices',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  PersistentVolumeClaim: 'persistentvolumeclaims',
};

/** A cluster's API in memory: real JSON Patch, uid, resourceVersion and generation, and no controllers. */
export class FakeKubernetes implements KubernetesApi {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #forbidden = new Set<string>();
  #version = 100;
  /** Every write that was asked for, in order. */
  readonly writes: KubernetesWrite[] = [];
  /** Runs once, before the next write: somebody else who is quicker. */
  beforeNextWrite: (() => void) | undefined;

  constructor(...objects: readonly KubernetesObject[]) {
    for (const object of objects) this.put(object);
  }

  /** Puts an object there as somebody else would: with a new version, and a uid of its own where it is new. */
  put(object: KubernetesObject): void {
    const ref = refOf(object);
    this.#store(ref, object, this.peek(ref));
  }

  /** What is there now, or undefined. */
  peek(ref: ResourceRef): KubernetesObject | undefined {
    return structuredClone(this.#objects.get(keyOf(ref)));
  }

  drop(ref: ResourceRef): void {
    this.#objects.delete(keyOf(ref));
  }

  /** From now on nobody may read this resource. */
  forbid(resource: string): void {
    this.#forbidden.add(resource);
  }

  async read(ref: ResourceRef): Promise<KubernetesObject | undefined> {
    this.#assertAllowed(ref.resource);
    return this.peek(ref);
  }

  async list(ref: Omit<ResourceRef, 'name'>, labelSelector: string): Promise<KubernetesObject[]> {
    this.#assertAllowed(ref.resource);
    const collection = keyOf({ ...ref, name: '' });
    const matching = [...this.#objects].filter(([key, object]) => key.startsWith(collection) && selects(labelSelector, object));
    return structuredClone(matching.map(([, object]) => object));
  }

  async write(write: KubernetesWrite): Promise<KubernetesWriteResult> {
    this.writes.push(structuredClone(write));
    const race = this.beforeNextWrite;
    this.beforeNextWrite = undefined;
    race?.();
    if ('create' in write) return this.#create(write.create, write.object);
    const ref = 'jsonPatch' in write ? write.jsonPatch : write.mergePatch;
    const found = this.peek(ref);
    if (found === undefined) return { status: 'notFound' };
    if ('mergePatch' in write) return this.#store(ref, merged(found, write.patch) as KubernetesObject, found);
    try {
      return this.#store(ref, applyJsonPatch(found, write.operations), found);
    } catch (error) {
      if (error instanceof PatchRefused) return { status: 'conflict', message: error.message };
      throw error;
    }
  }

  async remove(ref: ResourceRef, { uid, resourceVersion }: DeletePreconditions): Promise<'removed' | 'absent' | 'conflict'> {
    const found = this.peek(ref);
    if (found === undefined) return 'absent';
    if (found.metadata.uid !== uid || (resourceVersion ?? found.metadata.resourceVersion) !== found.metadata.resourceVersion)
      return 'conflict';
    this.drop(ref);
    return 'removed';
  }

  #create(ref: ResourceRef, object: KubernetesObject): KubernetesWriteResult {
    if (this.peek(ref) !== undefined) return { status: 'conflict', message: `${ref.resource} "${ref.name}" already exists` };
    return this.#store(ref, object, undefined);
  }

  #store(ref: ResourceRef, object: KubernetesObject, before: KubernetesObject | undefined): KubernetesWriteResult {
    this.#version += 1;
    const generation = (before?.metadata.generation ?? 0) + (isDeepStrictEqual(before?.['spec'], object['spec']) ? 0 : 1);
    const uid = before?.metadata.uid ?? `uid-${this.#version}`;
    const metadata = { ...object.metadata, namespace: ref.namespace, uid, generation, resourceVersion: String(this.#version) };
    const stored = structuredClone({ ...object, metadata });
    this.#objects.set(keyOf(ref), stored);
    return { status: 'written', object: structuredClone(stored) };
  }

  #assertAllowed(resource: string): void {
    if (!this.#forbidden.has(resource)) return;
    throw new ClusterForbiddenError(`${resource} is forbidden.`, { remedy: 'Allow it.' });
  }
}

export function refOf(object: KubernetesObject): ResourceRef {
  const resource = resources[object.kind];
  if (resource === undefined) throw new Error(`the fake does not know the kind ${object.kind}`);
  return { apiVersion: object.apiVersion, resource, namespace: object.metadata.namespace ?? 'shop', name: object.metadata.name };
}

function keyOf(ref: ResourceRef): string {
  return `${ref.apiVersion}|${ref.resource}|${ref.namespace}|${ref.name}`;
}

/** Equality and presence, joined by commas. */
function selects(selector: string, { metadata: { labels = {} } }: KubernetesObject): boolean {
  return selector
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const [name = '', value] = part.split(/==?/);
      return value === undefined ? Object.hasOwn(labels, name) : labels[name] === value;
    });
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return structuredClone(patch);
  const result: Record<string, unknown> = typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
