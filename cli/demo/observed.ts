import type { AlarmState } from '../../core/metric-ports.ts';
import type { HistoryEntry, RolloutRecord } from '../../core/rollout/record.ts';

/** What the demo sees happen: on the wire, on the routes, in the store and on the event bus. Never what it expects to happen. */
export type Observed =
  /** Everything runs. */
  | { readonly kind: 'ready'; readonly atMs: number }
  /** An answer to the load; `version` is undefined where no pod gave it. */
  | { readonly kind: 'answer'; readonly atMs: number; readonly version: string | undefined; readonly failed: boolean }
  /** The proxy gave the canary a new request. */
  | { readonly kind: 'canaryRequest'; readonly atMs: number }
  /** The route was written, with this weight for the canary. */
  | { readonly kind: 'weight'; readonly atMs: number; readonly canary: number }
  /** The store took a rollout's record. */
  | { readonly kind: 'record'; readonly atMs: number; readonly record: RolloutRecord }
  | { readonly kind: 'history'; readonly atMs: number; readonly entry: HistoryEntry }
  /** An alarm came into another state, at the time that its event bears. */
  | { readonly kind: 'alarm'; readonly atMs: number; readonly name: string; readonly state: AlarmState; readonly reason: string }
  | { readonly kind: 'quarantined'; readonly atMs: number; readonly rolloutId: string }
  /** A second has passed. */
  | { readonly kind: 'second'; readonly atMs: number }
  | { readonly kind: 'ended'; readonly atMs: number; readonly differences: readonly string[] };
