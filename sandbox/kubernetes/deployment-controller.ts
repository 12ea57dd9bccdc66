import type { SandboxClock } from '../clock.ts';
import { deploymentStatus } from './deployment-status.ts';
import { canonicalJson, nameHash } from './json.ts';
import * as manifests from './manifests.ts';
import { type Change, type ObjectKey, type ObjectStore, ownerUids, type StoredObject } from './object-store.ts';
import { isReady } from './pod-readiness.ts';
import { deployments, pods } from './resource-types.ts';
import { type PodCounts, planRecreation, planRollingUpdate, type ReplicaPlan, rollingBudget } from './rolling-update.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Makes the pods of Deployments, and their status. Unlike the real one it owns its pods directly, without ReplicaSets in
 * between: a template is told by the label pod-template-hash, and old pods that somebody deletes in the middle of a rolling
 * update are not replaced by old ones.
 */
export class DeploymentController {
  readonly #store: ObjectStore;
  readonly #clock: SandboxClock;
  readonly #queue: WorkQueue;
  #podsMade = 0;

  constructor(store: ObjectStore, clock: SandboxClock, delayMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#queue = new WorkQueue(clock, delayMs, (key) => this.#reconcile(key));
    store.onChange((change) => this.#onChange(change));
  }

  close(): void {
    this.#queue.close();
  }

  #onChange({ resource, type, object }: Change): void {
    if (resource === deployments && type !== 'DELETED') this.#queue.add(object.metadata);
    if (resource !== pods) return;
    const owners = new Set(ownerUids(object.metadata));
    for (const { metadata } of this.#store.list(deployments, object.metadata.namespace)) {
      if (owners.has(metadata.uid)) this.#queue.add(metadata);
    }
  }

  #reconcile(key: ObjectKey): void {
    const found = this.#store.read(deployments, key);
    if (found === undefined) return;
    const { spec } = manifests.deployment.parse(found);
    const hash = nameHash(canonicalJson(spec.template), 10);
    const budget = rollingBudget(spec.replicas, spec.strategy);

    const before = this.#podsOf(found, hash);
    const plan =
      spec.strategy.type === 'Recreate'
        ? planRecreation(spec.replicas, count(before.current), count(before.old))
        : planRollingUpdate(spec.replicas, budget, count(before.current), count(before.old));
    this.#carryOut(plan, before);
    for (let made = 0; made < plan.create; made += 1) this.#createPod(found, spec.template, hash);

    const after = this.#podsOf(found, hash);
    const counts = {
      generation: found.metadata.generation,
      replicas: spec.replicas,
      budget,
      current: count(after.current),
      old: count(after.old),
    };
    const status = deploymentStatus(counts, found['status'], this.#clock.now());
    this.#store.update(deployments, key, (object) => ({ object: { ...object, status } }), { part: 'status' });
  }

  #carryOut(plan: ReplicaPlan, { current, old }: PodsByTemplate): void {
    const unavailable = old.filter((pod) => !isReady(pod)).slice(0, plan.removeOldUnavailable);
    const available = old.filter(isReady).slice(0, plan.removeOldAvailable);
    const surplus = leastUsefulFirst(current).slice(0, plan.removeNew);
    for (const { metadata } of [...unavailable, ...available, ...surplus]) this.#store.remove(pods, metadata, { uid: metadata.uid });
  }

  #podsOf(owner: StoredObject, hash: string): PodsByTemplate {
    const all = this.#store
      .list(pods, owner.metadata.namespace)
      .filter(({ metadata }) => ownerUids(metadata).includes(owner.metadata.uid))
      .toSorted((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1));
    return {
      current: all.filter(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash),
      old: all.filter(({ metadata }) => metadata.labels?.['pod-template-hash'] !== hash),
    };
  }

  #createPod({ metadata: owner }: StoredObject, template: Template, hash: string): void {
    const { name, uid, namespace } = owner;
    const { labels, annotations } = template.metadata;
    const metadata = {
      labels: { ...labels, 'pod-template-hash': hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true }],
    };
    let created: StoredObject | undefined;
    while (created === undefined) {
      this.#podsMade += 1;
      const podName = `${name}-${hash}-${nameHash(`${uid}/${this.#podsMade}`, 5)}`;
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: podName }, spec: template.spec };
      created = this.#store.create(pods, { namespace, name: podName }, pod).object;
    }
  }
}

type Template = ReturnType<typeof manifests.deployment.parse>['spec']['template'];

interface PodsByTemplate {
  readonly current: readonly StoredObject[];
  readonly old: readonly StoredObject[];
}

function count(of: readonly StoredObject[]): PodCounts {
  return { total: of.length, available: of.filter(isReady).length };
}

/** Pods that are not ready go first, then the youngest. */
function leastUsefulFirst(of: readonly StoredObject[]): StoredObject[] {
  return of.toReversed().toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
}
