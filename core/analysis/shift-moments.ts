import type { PastMoments } from '../metric-ports.ts';
import { leastBakeOf, type PlanStep } from '../plan/plan.ts';
import type { Watch } from '../rollout/record.ts';
import type { MannWhitneySpec } from '../spec/mann-whitney-spec.ts';

/** The newest of more. */
const mostSamples = 500;

/** So long before a bake is over a look may be the last one of it, however late the next one is. */
const beforeEndMs = 30_000;

/** Whether a look may be the last one of its step's bake: metrics that compare samples are asked then, and say nothing before. */
export function asksForSamples(
  watch: Pick<Watch, 'passedAtMs' | 'bakedMs'>,
  step: Pick<PlanStep, 'bakeSeconds' | 'leastBakeSeconds'>,
  { nowMs, intervalSeconds }: { readonly nowMs: number; readonly intervalSeconds: number },
): boolean {
  const sinceMs = nowMs - (watch.passedAtMs ?? nowMs);
  const leftMs = leastBakeOf(step) * 1000 - watch.bakedMs - sinceMs;
  return leftMs <= Math.max(beforeEndMs, 2 * intervalSeconds * 1000);
}

/**
 * The moments whose values are compared: all since the canary has had its weight for as long as the queries look back, and the metric's delay, but the newest
 * 500. None where that has not passed yet.
 *
 * @param windowSeconds How far the queries look back.
 */
export function sampleMoments(
  { mannWhitney: { everySeconds }, role }: Pick<MannWhitneySpec, 'mannWhitney' | 'role'>,
  windowSeconds: number,
  { nowMs, trafficSinceMs }: { readonly nowMs: number; readonly trafficSinceMs: number },
): PastMoments {
  const fromMs = trafficSinceMs + (role.initialDelaySeconds + windowSeconds) * 1000;
  const count = Math.min(mostSamples, Math.floor((nowMs - fromMs) / 1000 / everySeconds) + 1);
  return { lastAtMs: nowMs, everySeconds, count: Math.max(0, count) };
}
