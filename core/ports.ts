import type { Finding } from './preflight/finding.ts';
import type { RouterCapabilities } from './spec/router-capabilities.ts';
import type { RouteRef } from './spec/router-spec.ts';
import type { TrafficShape } from './traffic/shape.ts';
import type { Split } from './traffic/split.ts';

/**
 * The ports: what the rollout needs of the world, four methods or fewer each. Adapters implement them against AWS and the
 * cluster; the sandbox implements some of them in memory; test/contract/ holds one suite per port that every adapter passes.
 */

/** Time. Real on AWS, virtual in tests, scaled in the demo. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// ── Traffic ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whose traffic is steered, and between which two Services. */
export interface RouteTarget {
  readonly rollout: string;
  readonly namespace: string;
  readonly routes: readonly RouteRef[];
  readonly stableService: string;
  readonly canaryService: string;
  readonly totalWeight: number;
  /** Where the routes split between subsets of one host. The two Services still are what readiness is counted by. */
  readonly subsets?: { readonly host: string; readonly stable: string; readonly canary: string } | undefined;
}

/**
 * In which role a weight is written; it decides what the route's fence must say.
 * - `claim`: a new rollout takes the route over. Any older fence, or none, is replaced.
 * - `owner`: a step of the rollout that holds the route. The fence must be exactly ours.
 * - `door`: a rollback. Ours or older, or none: replaced, and always written (a tombstone), changed or not.
 */
export type WriteRole = 'claim' | 'owner' | 'door';

export interface SplitWrite {
  readonly split: Split;
  readonly fence: number;
  readonly role: WriteRole;
  /** The fence that the routes must carry exactly, where an owner raises its own: it is replaced by `fence`. */
  readonly replaces?: number | undefined;
  /** What goes to the canary besides its share, and how requests are treated. Left out, as a door does: nothing, and as before the rollout. */
  readonly shape?: TrafficShape | undefined;
  /** It holds only where no route gives the canary less than it does: a WriteConflictError, decided together with the patch, tells where one does. */
  readonly lowerOnly?: boolean | undefined;
}

/** What a rollout is going to write on its routes, each once. */
export interface RoutePlan {
  readonly weights: readonly number[];
  readonly shapes: readonly TrafficShape[];
}

/** What one route says now. */
export interface RouteReading {
  readonly route: RouteRef;
  readonly split: Split;
  /** The fence on the route, or undefined where Sluice never wrote or somebody removed it. */
  readonly fence: number | undefined;
}

/** Moves new requests between stable and canary in one kind of mesh. */
export interface TrafficRouter {
  readonly capabilities: RouterCapabilities;
  /**
   * Idempotent. Reads every route of the target.
   * @throws RouteRejectedError where a route, or its rule, is missing or ambiguous.
   */
  read(target: RouteTarget): Promise<RouteReading[]>;
  /**
   * Idempotent. What speaks against steering these routes as planned, or is to be known before: asked before a rollout begins, and by lint.
   * Never throws RouteRejectedError: what a write of the plan would say is a finding.
   */
  inspect(target: RouteTarget, plan: RoutePlan): Promise<Finding[]>;
  /**
   * Idempotent. Writes the split on every route, tests fence, rule, backends and old weights in the API server itself, and
   * reads back. Returns what was read back.
   * @throws FencedError where the route carries a newer fence (or, for an owner, any other than its own).
   * @throws WriteConflictError, WeightNotVerifiedError, ClusterUnavailableError (all retryable).
   */
  write(target: RouteTarget, write: SplitWrite): Promise<RouteReading[]>;
  /**
   * Idempotent. Takes the canary out of every route, so that it is as it was before the rollout but for the fence. Refuses
   * to while the canary has weight.
   */
  removeCanary(target: RouteTarget, fence: number): Promise<void>;
}

// ── The cluster ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A Kubernetes object as the API answers it: open, because what Sluice does not know must survive. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Names one object, or with an empty name the collection of its kind. */
export interface ResourceRef {
  /** As in a manifest: `apps/v1`, `v1`, `networking.istio.io/v1`. */
  readonly apiVersion: string;
  /** Plural, lower case, as in the URL: `deployments`, `virtualservices`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** RFC 6902, the operations that Sluice uses. */
export type JsonPatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export type KubernetesWrite =
  | { readonly create: ResourceRef; readonly object: KubernetesObject }
  | { readonly jsonPatch: ResourceRef; readonly operations: readonly JsonPatchOperation[] }
  | { readonly mergePatch: ResourceRef; readonly patch: Readonly<Record<string, unknown>> };

/**
 * What a write came to. Refusals that a caller expects are values.
 * - `conflict`: 409 (exists already, or resourceVersion moved) or 422 on a JSON Patch (a test failed): read, and decide anew.
 * - `notFound`: 404.
 */
export type KubernetesWriteResult =
  | { readonly status: 'written'; readonly object: KubernetesObject }
  | { readonly status: 'conflict'; readonly message: string }
  | { readonly status: 'notFound' };

/** Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
export interface DeletePreconditions {
  readonly uid: string;
  readonly resourceVersion?: string | undefined;
}

/** One cluster's API. */
export interface KubernetesApi {
  /** Idempotent. Undefined on 404. @throws ClusterUnavailableError, ClusterForbiddenError */
  read(ref: ResourceRef): Promise<KubernetesObject | undefined>;
  /** Idempotent. `labelSelector` in the API's syntax, or empty. */
  list(ref: Omit<ResourceRef, 'name'>, labelSelector: string): Promise<KubernetesObject[]>;
  /** Not idempotent by itself; JSON Patch with tests is. */
  write(write: KubernetesWrite): Promise<KubernetesWriteResult>;
  /**
   * Idempotent. Deletes the object only while it is still the one that was read (uid) and, where a version is given, as it was read: a
   * later rollout that takes the object over keeps its uid.
   */
  remove(ref: ResourceRef, preconditions: DeletePreconditions): Promise<'removed' | 'absent' | 'conflict'>;
}

/** Where a cluster's API is. Found once by Begin, and kept with the rollout so that a door need not ask. */
export interface ClusterEndpoint {
  readonly name: string;
  readonly endpoint: string;
  /** PEM; empty for the sandbox's plain HTTP on loopback. */
  readonly certificateAuthority: string;
}

export interface ClusterAccess {
  /** Idempotent. @throws NotFoundError, AwsUnavailableError */
  find(clusterName: string): Promise<ClusterEndpoint>;
  /** Does not ask the network: tokens are made on use. */
  open(endpoint: ClusterEndpoint): KubernetesApi;
}

// ── State, events, executions, images ────────────────────────────────────────────────────────────────────────────────

/** Names one item: the partition it is listed under, and its name there. */
export interface StoreKey {
  readonly partition: string;
  readonly sort: string;
}

export interface StoredItem {
  readonly key: StoreKey;
  readonly value: Readonly<Record<string, unknown>>;
  /** Grows by one with each write of the item. */
  readonly version: number;
}

/** Equality on top-level fields of an item's value; the condition fails where the item does not exist. */
export type WhereFields = Readonly<Record<string, string | number | boolean>>;

/**
 * One part of an all-or-nothing write. `expect` tells what the item must be for the write to happen. With `historySinceMs` the item is history
 * since then, and is absent when the deployment's retention is over; without, it stays until it is removed.
 */
export type StoreChange =
  | { readonly put: StoreKey; readonly value: StoredItem['value']; readonly expect: StoreExpectation; readonly historySinceMs?: number }
  | { readonly remove: StoreKey; readonly expect: StoreExpectation }
  | { readonly check: StoreKey; readonly where: WhereFields };

export type StoreExpectation = 'anything' | 'absent' | { readonly version: number } | { readonly where: WhereFields };

/** A small document store with conditional writes: DynamoDB, or memory. What the documents mean is in adapters/store/. */
export interface RolloutStore {
  /** Idempotent, strongly consistent. @throws StoreUnavailableError */
  read(key: StoreKey): Promise<StoredItem | undefined>;
  /** Idempotent, strongly consistent, ascending by sort. @throws StoreUnavailableError */
  list(partition: string): Promise<StoredItem[]>;
  /** All or nothing, at most 100 changes. @throws StoreConflictError where an expectation does not hold. */
  write(changes: readonly StoreChange[]): Promise<void>;
}

/** A fact that Sluice tells the world: one per transition of a rollout. */
export interface SluiceEvent {
  /** Stable per transition, so that a receiver can drop a second delivery. */
  readonly id: string;
  /** EventBridge's detail-type, such as `Rollout Rolled Back`. */
  readonly detailType: string;
  readonly atMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventSink {
  /** At least once. @throws AwsUnavailableError where not all were accepted. */
  publish(events: readonly SluiceEvent[]): Promise<void>;
}

export type MachineName = 'rollout' | 'rollback';

export interface ExecutionStatus {
  readonly status: 'running' | 'succeeded' | 'failed' | 'timedOut' | 'stopped' | 'unknown';
}

export interface Executions {
  /**
   * Idempotent by name: a second start is `exists`, or, with the same input while the first still runs, `started` again; there is one
   * execution either way. @throws AwsUnavailableError
   */
  start(machine: MachineName, name: string, input: Readonly<Record<string, unknown>>): Promise<'started' | 'exists'>;
  /** Idempotent. `unknown` where no such execution exists. By ARN, or by machine and name. */
  describe(execution: { readonly arn: string } | { readonly machine: MachineName; readonly name: string }): Promise<ExecutionStatus>;
  /** Idempotent. Ends an execution that has lost its rollout. */
  stop(arn: string, reason: string): Promise<void>;
}

/** An image that a tag, at one moment, meant. */
export interface ImageFound {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly digest: string;
  readonly pushedAtMs: number;
}

export interface ImageRegistry {
  /** Idempotent. `reference` is a tag or a digest within the repository. @throws NotFoundError, AwsUnavailableError */
  resolve(repository: string, reference: string): Promise<ImageFound>;
  /** Idempotent. Images with a tag, pushed after the given time, newest first. */
  pushedSince(repository: string, sinceMs: number): Promise<ImageFound[]>;
}
