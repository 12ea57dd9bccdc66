import * as z from 'zod/mini';
import { routeRef } from '../spec/rollout-spec.ts';
import { side } from '../traffic/split.ts';
import { clusterEndpoint } from './record.ts';

/** Grows when the payload's shape changes; handlers take the present and the previous one (O6). */
export const payloadVersion = 1;

/** What a door needs to move traffic when the store does not answer: where, between which Services, and to which side. */
export const doorTarget = z.strictObject({
  cluster: clusterEndpoint,
  target: z.strictObject({
    rollout: z.string(),
    namespace: z.string(),
    routes: z.array(routeRef),
    stableService: z.string(),
    canaryService: z.string(),
    totalWeight: z.int(),
  }),
  /** As in the record when the last Task ended; a payload from before there was this field says stable. */
  safeSide: z._default(side, 'stable'),
});
export type DoorTarget = z.infer<typeof doorTarget>;

/**
 * What travels through the state machines: which rollout, under which fence, at which step, and what comes next. Everything else
 * is in the store.
 */
export const rolloutPayload = z.looseObject({
  payloadVersion: z.literal(payloadVersion),
  rollout: z.string(),
  rolloutId: z.string(),
  fence: z.int(),
  stepIndex: z.int(),
  /** The canary's, as this execution last set it: for the log. What the routes are to say is in the store. */
  weight: z._default(z.int().check(z.nonnegative()), 0),
  /** For `Choice` states: what the last Task came to. */
  outcome: z.string(),
  /** For `Wait` states. */
  waitSeconds: z.int().check(z.nonnegative()),
  watchSeconds: z.int().check(z.nonnegative()),
  door: doorTarget,
});
export type RolloutPayload = z.infer<typeof rolloutPayload>;
