/**
 * How long a mesh is given to take note of a change of backends before a route may rely on it (T8). istiod sends a change out when nothing else
 * has changed for 0.1 s, and under a constant stream of changes after 10 s at the latest; the proxies then have it within milliseconds. Two
 * seconds cover all but a cluster that never rests, where the request that came too early is retried by Envoy or answered 503.
 *
 * Source: PILOT_DEBOUNCE_AFTER and PILOT_DEBOUNCE_MAX, https://istio.io/latest/docs/reference/commands/pilot-discovery/#envvars
 */
export const settleSeconds = 2;

/** Proxies that have not got the new weight within this after it was read back are late; what they count until then is left out. */
export const settleMs = settleSeconds * 1000;

/** How long the machine waits between the last weight and the removal of pods: what the spec says, and no less than a mesh needs. */
export function drainWaitSeconds(deadlines: { readonly drainSeconds: number }): number {
  return Math.max(deadlines.drainSeconds, settleSeconds);
}

/**
 * How long one call of SetWeight waits until the route's controllers say that they have accepted the weight at its present generation. A gateway's
 * controller may need half a minute for that where it has much to do, and the rollout is none the worse for it.
 *
 * Step Functions calls SetWeight again where that was not enough, up to seven times: so a controller that needs two minutes (7 x 18 s = 126 s, and
 * the pauses between) never ends a rollout, and one that has not said a word after 126 to 177 s does. One call stays well below the 50 s of its
 * Lambda also where reads are slow, and each renews the lease, which is 60 s.
 */
export const acceptanceSeconds = 18;
