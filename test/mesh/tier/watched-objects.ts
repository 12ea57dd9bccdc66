import * as z from 'zod/mini';
import { systemClock } from '../../../adapters/clock.ts';
import type { StoredObject } from '../../../sandbox/kubernetes/kubernetes.ts';
import type { RawApi } from '../bench/api/raw-api.ts';

/** One kind, as in a URL. */
export interface WatchedKind {
  readonly apiVersion: string;
  readonly resource: string;
  readonly kind: string;
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';
export type ChangeListener = (type: ChangeType, object: StoredObject, previous: StoredObject | undefined) => void;

const storedObject = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z._default(z.int(), 0),
    creationTimestamp: z.string(),
  }),
});
const list = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });
const event = z.object({ type: z.string(), object: z.unknown() });

/** Every object of some kinds in one namespace, as the API server last told. */
export class WatchedObjects {
  readonly #api: RawApi;
  readonly #namespace: string;
  readonly #ended = new AbortController();
  readonly #objects = new Map<string, StoredObject>();
  readonly #listeners = new Set<ChangeListener>();

  private constructor(api: RawApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  /** Resolves when each kind was listed once. */
  static async start(api: RawApi, namespace: string, kinds: readonly WatchedKind[]): Promise<WatchedObjects> {
    const watched = new WatchedObjects(api, namespace);
    await Promise.all(kinds.map((kind) => new Promise<void>((listed) => void watched.#follow(kind, listed))));
    return watched;
  }

  get(kind: Omit<WatchedKind, 'kind'>, name: string): StoredObject | undefined {
    return this.#objects.get(keyOf(kind, name));
  }

  list(kind: Omit<WatchedKind, 'kind'>): StoredObject[] {
    const prefix = keyOf(kind, '');
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What somebody's own write was answered with: known at once, and not told a second time when the watch repeats it. */
  learn(kind: WatchedKind, answered: unknown, removed = false): StoredObject {
    const object = asStored(kind, answered);
    this.#take(kind, object, removed);
    return object;
  }

  end(): void {
    this.#ended.abort();
  }

  async #follow(kind: WatchedKind, listed: () => void): Promise<void> {
    const { signal } = this.#ended;
    const root = kind.apiVersion.includes('/') ? 'apis' : 'api';
    const path = `/${root}/${kind.apiVersion}/namespaces/${this.#namespace}/${kind.resource}`;
    while (!signal.aborted) {
      try {
        const { status, body } = await this.#api.ask('GET', path);
        if (status !== 200) throw new Error(`The list of ${kind.resource} was answered ${status}: ${body}`);
        const found = list.parse(JSON.parse(body));
        const present = found.items.map((item) => asStored(kind, item));
        const names = new Set(present.map(({ metadata }) => metadata.name));
        for (const object of this.list(kind)) if (!names.has(object.metadata.name)) this.#take(kind, object, true);
        for (const object of present) this.#take(kind, object, false);
        listed();
        const query = `watch=true&resourceVersion=${found.metadata.resourceVersion}`;
        await this.#api.watch(
          `${path}?${query}`,
          (line) => {
            const { type, object } = event.parse(line);
            if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') this.#take(kind, asStored(kind, object), type === 'DELETED');
          },
          signal,
        );
      } catch {
        // The API server is not there for the moment, or the watch was ended: it is listed anew.
      }
      await systemClock.sleep(100, signal);
    }
  }

  #take(kind: WatchedKind, object: StoredObject, removed: boolean): void {
    const key = keyOf(kind, object.metadata.name);
    const previous = this.#objects.get(key);
    const isOld = previous !== undefined && Number(object.metadata.resourceVersion) <= Number(previous.metadata.resourceVersion);
    if (removed ? previous === undefined : isOld) return;
    if (removed) this.#objects.delete(key);
    else this.#objects.set(key, object);
    const type = removed ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED';
    for (const listener of this.#listeners) listener(type, object, previous);
  }
}

/** Lists of built-in kinds leave out what the list itself says. */
function asStored({ apiVersion, kind }: WatchedKind, value: unknown): StoredObject {
  return { ...storedObject.parse(value), apiVersion, kind };
}

function keyOf({ apiVersion, resource }: Omit<WatchedKind, 'kind'>, name: string): string {
  return `${apiVersion}/${resource}/${name}`;
}
