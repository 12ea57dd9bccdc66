import type { Resilience } from '../spec/resilience-spec.ts';
import type { Affinity, RequestMatch } from '../spec/router-spec.ts';

/** What is on the routes of a rollout besides the split, while it runs. Whatever of it is left out is not there. */
export interface TrafficShape {
  /** Requests that any of these fits go to the canary, whatever its weight is. */
  readonly match?: readonly RequestMatch[] | undefined;
  /** A user who was answered by the canary stays there. */
  readonly affinity?: Affinity | undefined;
  /** The fence that the cookies of `affinity` carry, where it is not that of the write: those that users have stay worth what they were. */
  readonly cookieFence?: number | undefined;
  /** So many of totalWeight requests are copied to the canary. Not beside a weight. */
  readonly mirrorWeight?: number | undefined;
  /** Of requests to both sides. */
  readonly resilience?: Pick<Resilience, 'retries' | 'timeoutSeconds'> | undefined;
}
