/** What one look waits at most: it keeps a Lambda, and whatever else it judges waits with it. */
export const longestPatienceMs = 20_000;

/**
 * For how long a look asks a source again that throttles it: the longer the rollout has been without an answer, the longer, and by the cube of it. So who was
 * answered a minute ago leaves the quota to who was answered five minutes ago, and the longest time without an answer comes near to the shortest that the
 * quota allows, while few Lambdas wait (docs/decisions/0025). Never longer than an interval.
 *
 * @param silence For how long the source has throttled this rollout, how long a step is held where a source is down, and the interval.
 * @example patienceMs({ throttledForMs: 60_000, holdMs: 300_000, intervalMs: 60_000 })  // 160: 20 s × (1/5)³
 * @example patienceMs({ throttledForMs: 240_000, holdMs: 300_000, intervalMs: 60_000 }) // 10,240
 */
export function patienceMs(silence: { readonly throttledForMs: number; readonly holdMs: number; readonly intervalMs: number }): number {
  const { throttledForMs, holdMs, intervalMs } = silence;
  const urgency = holdMs > 0 ? Math.min(1, Math.max(0, throttledForMs) / holdMs) : 1;
  return Math.min(intervalMs, longestPatienceMs * urgency ** 3);
}
