import * as z from 'zod/mini';
import { consulRoute, grpcRoute, httpRoute, istioRoute, routerKind } from '../spec/router-spec.ts';
import { side } from '../traffic/split.ts';
import { clusterEndpoint } from './record.ts';
import { stored } from './stored.ts';

/**
 * Grows when a payload of this version can no longer be read as it is by functions of the version before, or the other way round. Handlers
 * take the present one and the previous one (O6): a door of the old version may have started a rollback machine of the new one.
 * docs/decisions/0012-upgrades.md tells what to do at a change.
 */
export const payloadVersion = 2;

/** What a door needs to move traffic when the store does not answer: where, between which Services, and to which side. */
export const doorTarget = stored({
  cluster: clusterEndpoint,
  routerKind: routerKind,
  target: stored({
    rollout: z.string(),
    namespace: z.string(),
    routes: z.array(z.union([stored(istioRoute.shape), stored(httpRoute.shape), stored(grpcRoute.shape), stored(consulRoute.shape)])),
    stableService: z.string(),
    canaryService: z.string(),
    totalWeight: z.int(),
    subsets: z.optional(stored({ host: z.string(), stable: z.string(), canary: z.string() })),
  }),
  /** As in the record when the last Task ended; a payload from before there was this field says stable. */
  safeSide: z._default(side, 'stable'),
});
export type DoorTarget = z.infer<typeof doorTarget>;

/**
 * What travels through the state machines: which rollout, under which fence, at which step, and what comes next. Everything else
 * is in the store.
 */
export const presentPayload = z.looseObject({
  payloadVersion: z.literal(payloadVersion, {
    error: ({ input }) =>
      `${typeof input === 'number' ? input : `A version of the type ${typeof input}`} is not ${payloadVersion} or ${payloadVersion - 1}: another version of Sluice has written this payload`,
  }),
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
  /** How often this execution has gone round its bake: what is left of its history follows from it. */
  ticks: z._default(z.int().check(z.nonnegative()), 0),
  door: doorTarget,
});
export type RolloutPayload = z.infer<typeof presentPayload>;

/** A payload as handlers take it: of this version, or of the previous one, brought up to this one. */
export const rolloutPayload = z.pipe(
  z.transform((payload: unknown) => upgradePayload(payload)),
  presentPayload,
);

const ofPreviousVersion = z.looseObject({ payloadVersion: z.literal(payloadVersion - 1), door: z.looseObject({}) });

/** Version 1 did not say which mesh moves the traffic: there was only one. Whatever else is wrong with a payload is for its schema to say. */
function upgradePayload(payload: unknown): unknown {
  const previous = ofPreviousVersion.safeParse(payload);
  if (!previous.success) return payload;
  return { ...previous.data, payloadVersion, door: { routerKind: 'istio', ...previous.data.door } };
}

/**
 * As much of a payload as the abort door needs, whatever version has written it: a newer one, which every other handler refuses, still
 * says where the traffic is. What it has besides is left unread.
 */
export const abortablePayload = z.pipe(
  z.transform((payload: unknown) => upgradePayload(payload)),
  z.looseObject({ rollout: z.string(), rolloutId: z.string(), fence: z.int(), door: doorTarget }),
);
export type AbortablePayload = z.infer<typeof abortablePayload>;
