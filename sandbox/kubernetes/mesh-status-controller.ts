import type { SandboxClock } from '../clock.ts';
import { type ConditionNow, condition } from './conditions.ts';
import { isRecord } from './json.ts';
import { gateways, serviceResolvers, serviceSplitters } from './mesh-types.ts';
import type { Change, ObjectStore } from './object-store.ts';
import type { ResourceType } from './resource-type.ts';
import { WorkQueue } from './work-queue.ts';

/** Consul's controller gives a reason only where it failed, and names no generation. */
const synced: readonly ConditionNow[] = [{ type: 'Synced', status: 'True', reason: '', message: '' }];

/** What the controllers of meshes say of objects that they took over. */
const said = new Map<ResourceType, readonly ConditionNow[]>([
  [
    gateways,
    [
      { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Resource accepted' },
      { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'Resource programmed' },
    ],
  ],
  [serviceResolvers, synced],
  [serviceSplitters, synced],
]);

/** Gateways are programmed, and Consul's objects synced, soon after they changed. */
export class MeshStatusController {
  readonly #store: ObjectStore;
  readonly #clock: SandboxClock;
  readonly #queues: ReadonlyMap<ResourceType, WorkQueue>;

  constructor(store: ObjectStore, clock: SandboxClock, delayMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#queues = new Map(
      [...said.keys()].map((type) => [type, new WorkQueue(clock, delayMs === 0 ? 'soon' : delayMs, (key) => this.#reconcile(type, key))]),
    );
    store.onChange((change) => this.#onChange(change));
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #onChange({ resource, type, object }: Change): void {
    if (type !== 'DELETED') this.#queues.get(resource)?.add(object.metadata);
  }

  #reconcile(type: ResourceType, key: { readonly namespace: string; readonly name: string }): void {
    this.#store.update(
      type,
      key,
      (current) => {
        const status = isRecord(current['status']) ? current['status'] : {};
        const conditions = (said.get(type) ?? []).map((now) => {
          const { observedGeneration, reason, message, ...rest } = condition(
            now,
            current.metadata.generation,
            status['conditions'],
            this.#clock.now(),
          );
          return said.get(type) === synced ? rest : { ...rest, observedGeneration, reason, message };
        });
        return { object: { ...current, status: { ...status, conditions } } };
      },
      { part: 'status' },
    );
  }
}
