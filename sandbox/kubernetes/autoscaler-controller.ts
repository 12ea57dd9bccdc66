import type { SandboxClock } from '../clock.ts';
import * as manifests from './manifests.ts';
import type { Change, ObjectKey, ObjectStore } from './object-store.ts';
import { autoscalers, deployments } from './resource-types.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Honours `minReplicas` of an autoscaler and nothing else: a Deployment with fewer replicas gets them, one with more is left
 * alone. As in Kubernetes, 0 replicas mean that autoscaling is off for it.
 */
export class AutoscalerController {
  readonly #store: ObjectStore;
  readonly #queue: WorkQueue;

  constructor(store: ObjectStore, clock: SandboxClock, delayMs: number) {
    this.#store = store;
    this.#queue = new WorkQueue(clock, delayMs, (key) => this.#reconcile(key));
    store.onChange((change) => this.#onChange(change));
  }

  close(): void {
    this.#queue.close();
  }

  #onChange({ resource, type, object }: Change): void {
    if (type === 'DELETED') return;
    if (resource === autoscalers) this.#queue.add(object.metadata);
    if (resource !== deployments) return;
    for (const autoscaler of this.#store.list(autoscalers, object.metadata.namespace)) {
      if (manifests.autoscaler.parse(autoscaler).spec.scaleTargetRef.name === object.metadata.name) this.#queue.add(autoscaler.metadata);
    }
  }

  #reconcile(key: ObjectKey): void {
    const found = this.#store.read(autoscalers, key);
    if (found === undefined) return;
    const { scaleTargetRef, minReplicas } = manifests.autoscaler.parse(found).spec;
    const target = { namespace: key.namespace, name: scaleTargetRef.name };
    const deployment = this.#store.read(deployments, target);
    if (scaleTargetRef.kind !== 'Deployment' || deployment === undefined) return;
    const { spec } = manifests.deployment.parse(deployment);
    if (spec.replicas === 0 || spec.replicas >= minReplicas) return;
    this.#store.update(deployments, target, (current) => ({ object: { ...current, spec: { ...spec, replicas: minReplicas } } }));
  }
}
