import { expect } from 'vitest';
import { fenceAnnotation } from '../../adapters/mesh/fence.ts';
import type { KubernetesApi, ResourceRef, RouteTarget, SplitWrite, TrafficRouter, WriteRole } from '../../core/ports.ts';
import { splitAt } from '../../core/traffic/split.ts';

export interface RouterForContract {
  readonly routerOn: (api: KubernetesApi) => TrafficRouter;
  /** The cluster, as somebody else reaches it. */
  readonly api: KubernetesApi;
  /** A rollout with two routes on two objects, which lead to stable alone, and carry no fence. Its total weight is 100. */
  readonly target: RouteTarget;
  /** Another rollout, with a route on the first of the same objects. */
  readonly other: RouteTarget;
  /** The two objects, in the order of the target's routes. */
  readonly objects: readonly [ResourceRef, ResourceRef];
  readonly close?: () => Promise<void>;
}

/** What a route says, in short: stable's weight, the canary's, and the fence. */
export type Said = [stable: number, canary: number, fence: number | undefined];

/** The canary's weight, of 100, as it is written in a role under a fence. */
export function at(canary: number, fence: number, role: WriteRole): SplitWrite {
  return { split: splitAt(canary, 100), fence, role };
}

/** Both routes of the target, at the same weight and fence. */
export function both(canary: number, fence: number | undefined): Said[] {
  return [1, 2].map(() => [100 - canary, canary, fence]);
}

/** A router with its cluster, and what tests do with them again and again. */
export class RouterHand {
  readonly set: RouterForContract;
  readonly router: TrafficRouter;

  constructor(set: RouterForContract) {
    this.set = set;
    this.router = set.routerOn(set.api);
  }

  write(canary: number, fence: number, role: WriteRole, on: KubernetesApi = this.set.api) {
    return this.set.routerOn(on).write(this.set.target, at(canary, fence, role));
  }

  async read(of: RouteTarget = this.set.target): Promise<Said[]> {
    return (await this.router.read(of)).map(({ split, fence }) => [split.stable, split.canary, fence]);
  }

  /** The objects, whole. */
  raw() {
    return Promise.all(this.set.objects.map((ref) => this.set.api.read(ref)));
  }

  /** The objects without what changes with every write, and without fences. */
  async contents() {
    return (await this.raw()).map((object) => {
      const { annotations = {}, ...metadata } = object?.metadata ?? { name: '' };
      const kept = Object.entries(annotations).filter(([key]) => !key.startsWith('fence.sluice.dev/'));
      const { resourceVersion: _, generation: __, managedFields: ___, ...stays } = metadata;
      return { ...object, metadata: { ...stays, annotations: Object.fromEntries(kept) } };
    });
  }

  /** Somebody takes the fence off the first object. */
  async removeFence(): Promise<void> {
    const path = `/metadata/annotations/${fenceAnnotation(this.set.target.rollout).replaceAll('/', '~1')}`;
    const result = await this.set.api.write({ jsonPatch: this.set.objects[0], operations: [{ op: 'remove', path }] });
    expect(result.status).toBe('written');
  }
}
