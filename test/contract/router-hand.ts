import { expect } from 'vitest';
import { fenceAnnotation } from '../../adapters/mesh/fence.ts';
import type { KubernetesApi, KubernetesObject, ResourceRef, RouteTarget, SplitWrite, TrafficRouter, WriteRole } from '../../core/ports.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { type Split, splitAt } from '../../core/traffic/split.ts';

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

/** A request to the rollout's service, as far as matches look at it. Names of headers are lower case. */
export interface RequestForContract {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** What becomes of a request, by what an object says: read as the mesh reads it, and independently of the router that is tested. */
export interface Treatment {
  /** The chances of the two sides, in whatever total the rule has that takes the request. */
  readonly split: Split;
  /** So many in a hundred are copied to the canary. */
  readonly mirroredPercent: number;
  /** The Set-Cookie that the mesh adds to an answer of either side, where it adds one. */
  readonly setCookie: { readonly stable?: string | undefined; readonly canary?: string | undefined };
  /** How it is tried again, and how long it may take, in the words of the object: undefined where that is left to the mesh. */
  readonly retries: unknown;
  readonly timeout: unknown;
}

/** A router with what the contract of shapes needs besides. Rules of other paths, other backends and unknown fields belong into the objects. */
export interface RouterForShapes extends RouterForContract {
  /** What becomes of a request to the rollout's service by one of the two objects. */
  readonly treatmentOf: (object: KubernetesObject, request: RequestForContract) => Treatment;
  /** What in the object is none of the rollout's: rules of others, unknown fields of its own rule. */
  readonly foreignOf: (object: KubernetesObject) => unknown;
}

/** A router with a rule that others share. */
export interface RouterForShared extends RouterForContract {
  /** A rollout whose one rule has other backends too; stable has 50 of it, and no canary is there. Its total weight is 100. */
  readonly shared: {
    readonly target: RouteTarget;
    readonly object: ResourceRef;
    /** The other backends, with their weights. */
    readonly othersOf: (object: KubernetesObject) => unknown;
  };
}

/** What a route says, in short: stable's weight, the canary's, and the fence. */
export type Said = [stable: number, canary: number, fence: number | undefined];

/** The canary's weight, of 100, as it is written in a role under a fence. */
export function at(canary: number, fence: number, role: WriteRole, shape?: TrafficShape): SplitWrite {
  return { split: splitAt(canary, 100), fence, role, ...(shape === undefined ? {} : { shape }) };
}

/** Both routes of the target, at the same weight and fence. */
export function both(canary: number, fence: number | undefined): Said[] {
  return [1, 2].map(() => [100 - canary, canary, fence]);
}

/** A router with its cluster, and what tests do with them again and again. */
export class RouterHand<Set extends RouterForContract = RouterForContract> {
  readonly set: Set;
  readonly router: TrafficRouter;

  constructor(set: Set) {
    this.set = set;
    this.router = set.routerOn(set.api);
  }

  write(canary: number, fence: number, role: WriteRole, on: KubernetesApi = this.set.api) {
    return this.set.routerOn(on).write(this.set.target, at(canary, fence, role));
  }

  /** An owner's step with a shape, under fence 1. */
  step(canary: number, shape: TrafficShape, on: KubernetesApi = this.set.api) {
    return this.set.routerOn(on).write(this.set.target, at(canary, 1, 'owner', shape));
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
