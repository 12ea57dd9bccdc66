import type { Verdict } from '../analysis/verdict.ts';
import type { Watch } from './record.ts';

/** A step that begins to be watched. */
export function newWatch(stepIndex: number, nowMs: number): Watch {
  return { stepIndex, startedAtMs: nowMs, bakedMs: 0 };
}

/**
 * What a verdict adds to the watch of a step. A pass vouches for the time since the pass before it, or after another verdict for the
 * interval behind it, but never for time that a verdict before it has spoken of: a step whose canary has no traffic does not bake, and
 * when traffic stops the pass is withdrawn (J4).
 *
 * @example With an interval of 10 s, passes at 0 s, 10 s and 20 s have baked 20 s; a pass at 0 s, no data at 10 s and passes at 20 s and
 *   30 s have baked 20 s too.
 */
export function observe(watch: Watch, verdict: Verdict, nowMs: number, intervalMs: number): Watch {
  const { passedAtMs, inconclusiveSinceMs, unavailableSinceMs, ...kept } = watch;
  const rest: Watch = { ...kept, observedAtMs: nowMs };
  switch (verdict.verdict) {
    case 'pass': {
      const vouchedMs =
        passedAtMs === undefined ? Math.min(intervalMs, nowMs - (watch.observedAtMs ?? watch.startedAtMs)) : nowMs - passedAtMs;
      return { ...rest, bakedMs: watch.bakedMs + vouchedMs, passedAtMs: nowMs };
    }
    case 'inconclusive':
      return { ...rest, inconclusiveSinceMs: inconclusiveSinceMs ?? nowMs };
    case 'unavailable':
      return { ...rest, unavailableSinceMs: unavailableSinceMs ?? nowMs };
    case 'fail':
      return rest;
  }
}
