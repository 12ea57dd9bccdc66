import type { StoredSpec } from '../../adapters/store/specs.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import type { Actor, Image } from '../../core/rollout/record.ts';
import type { Deps } from '../deps.ts';

/** What an execution was started for. */
export interface Start {
  readonly stored: StoredSpec;
  readonly image: Image;
  readonly actor: Actor;
  /** Why a quarantined image is rolled out all the same; said by a named person. */
  readonly force: string | undefined;
  readonly executionArn: string;
  /** EventBridge's id of the push, which a second delivery repeats. */
  readonly eventId: string | undefined;
  readonly executionStartedAtMs: number;
}

export type BeginDeps = Pick<
  Deps,
  'store' | 'clock' | 'clusters' | 'clusterFinder' | 'executions' | 'images' | 'events' | 'alarms' | 'cloudWatch' | 'prometheus' | 'log'
>;

/** `wait`: another rollout holds the service. `ignored`: the image is rolled out already, runs already, or failed before. */
export interface NotBegun {
  readonly outcome: 'wait' | 'ignored';
  readonly reason: string;
}

export type BeginOutcome = { readonly outcome: 'begun'; readonly payload: RolloutPayload } | NotBegun;
