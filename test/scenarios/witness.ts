import type { StoredObject } from '../../sandbox/kubernetes/kubernetes.ts';
import type { Surroundings } from '../../sandbox/surroundings.ts';
import { type RuleSplit, readSplits, routeKinds } from './read-splits.ts';

/** One change of a service's split, as the route said it. */
export interface SplitChange extends RuleSplit {
  readonly atMs: number;
  /** The object. A service may have several: each is compared with what it said itself, since each is told anew for other reasons too. */
  readonly route: string;
}

/**
 * Watches every change of every route, and says what broke a promise: the sum (T5), a side with weight that has no ready endpoint at
 * the moment it is given it (T1), a canary whose weight rises after a rollback began (T3).
 */
export class Witness {
  readonly changes: SplitChange[] = [];
  /** Edits made by the scenario's own hand are not Sluice's, and are not judged. */
  outsiderAtWork = false;
  readonly #sandbox: Pick<Surroundings, 'clock' | 'kubernetes'>;
  readonly #services: ReadonlyMap<string, string>;
  readonly #seen: string[] = [];
  /** Fences under which a rollback was recorded, by service. */
  readonly #rollbackFences = new Map<string, Set<number>>();
  /** The changes that were Sluice's, and whether they gave the canary more. */
  readonly #written: { readonly change: SplitChange; readonly raised: boolean }[] = [];

  /** `services` maps each service to its namespace. */
  constructor(sandbox: Pick<Surroundings, 'clock' | 'kubernetes'>, services: ReadonlyMap<string, string>) {
    this.#sandbox = sandbox;
    this.#services = services;
    sandbox.kubernetes.onChange((type, object) => {
      if (routeKinds.includes(object.kind) && type === 'MODIFIED') this.#look(object);
    });
  }

  /** What broke a promise. Whether a weight rose too late is known when all rollbacks are. */
  get violations(): readonly string[] {
    return [...this.#seen, ...this.#raisedAfterRollback()];
  }

  /** Told by the store, when a record says that a rollback began, or in the end. */
  rollbackRecorded(service: string, fence: number): void {
    this.#rollbackFences.set(service, (this.#rollbackFences.get(service) ?? new Set()).add(fence));
  }

  /** The canary's weights of a service in order, without repetitions. */
  weightsOf(service: string, fromMs = 0, toMs = Number.POSITIVE_INFINITY): number[] {
    const own = this.changes.filter((change) => change.service === service && change.atMs >= fromMs && change.atMs <= toMs);
    return own.map(({ canary }) => canary).filter((weight, index, all) => index === 0 || weight !== all[index - 1]);
  }

  #look(object: StoredObject): void {
    const route = `${object.kind}/${object.metadata.name}`;
    for (const split of readSplits(object, this.#services)) {
      const { service, stable, canary, fence } = split;
      const before = this.changes.findLast((change) => change.service === service && change.route === route);
      if (before !== undefined && before.stable === stable && before.canary === canary && before.fence === fence) continue;
      const change: SplitChange = { atMs: this.#sandbox.clock.now(), route, ...split };
      if (!this.outsiderAtWork) this.#judge(change, before, this.#services.get(service) ?? '');
      this.changes.push(change);
    }
  }

  #judge(change: SplitChange, before: SplitChange | undefined, namespace: string): void {
    const { service, stable, canary } = change;
    const say = (what: string) => this.#seen.push(sentence(change, what));
    if (stable + canary !== 100) say('the split does not sum to 100');
    const raised = { stable: stable > (before?.stable ?? 100), canary: canary > (before?.canary ?? 0) };
    if (raised.canary && this.#ready(namespace, `${service}-canary`) === 0) say('T1: the canary was given weight without a ready endpoint');
    if (raised.stable && this.#ready(namespace, service) === 0) say('T1: stable was given weight without a ready endpoint');
    this.#written.push({ change, raised: raised.canary });
  }

  #raisedAfterRollback(): string[] {
    // The newest fence of a rollback that a route has carried so far, by service.
    const tombstones = new Map<string, number>();
    return this.#written.flatMap(({ change, raised }) => {
      const { service, fence = 0 } = change;
      const tombstone = tombstones.get(service);
      if (this.#rollbackFences.get(service)?.has(fence)) tombstones.set(service, fence);
      return raised && tombstone !== undefined && fence <= tombstone
        ? [sentence(change, 'T3: the canary rose after the rollback began')]
        : [];
    });
  }

  #ready(namespace: string, service: string): number {
    return this.#sandbox.kubernetes.endpoints(namespace, service).filter(({ ready }) => ready).length;
  }
}

function sentence({ atMs, service, stable, canary }: SplitChange, what: string): string {
  return `${(atMs / 1000).toFixed(3)} ${service} ${stable}/${canary}: ${what}`;
}
