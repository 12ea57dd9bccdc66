import type { AnalysisResult, Watch } from './record.ts';
import { clocksAfter, silenceOf, silencesAfter } from './silences.ts';

/** A step that begins to be watched. */
export function newWatch(stepIndex: number, nowMs: number): Watch {
  return { stepIndex, startedAtMs: nowMs, bakedMs: 0 };
}

type Observed = Pick<AnalysisResult, 'overall' | 'verdicts' | 'atMs' | 'crashed' | 'restarts' | 'warmsUpUntilMs'>;

/**
 * What an analysis adds to the watch of a step. A pass vouches for the time since the pass before it, or after another verdict for the
 * interval behind it, but never for time that a verdict before it has spoken of: a step whose canary has no traffic does not bake, and
 * when traffic stops the pass is withdrawn (J4). A crash of the canary's own pods withdraws all that the step has baked: a version that keeps
 * crashing does not come further by what it does in between. Since when it has crashed is forgotten when the step has baked.
 *
 * While the canary warms up nothing bakes, and no clock runs; the first pass after it vouches for no time before its end.
 *
 * Inconclusive and unavailable verdicts each have a clock, which a pass ends; and so have unavailable ones of a source that only throttles. While one kind is
 * seen, the others' clocks stand still: verdicts that flap between them reach a deadline all the same, and one blip of a source that is down brings its deadline
 * no nearer (J2). Each part of the analysis has such clocks of its own beside those of the whole: a metric that blips is not held to have been silent since
 * another one was.
 *
 * @example With an interval of 10 s, passes at 0 s, 10 s and 20 s have baked 20 s; a pass at 0 s, no data at 10 s and passes at 20 s and
 *   30 s have baked 20 s too.
 * @example No data at 10 s, unavailable at 20 s and no data at 30 s and 40 s: it has been inconclusive for 20 s, since 20 s.
 */
export function observe(
  watch: Watch,
  { overall, verdicts, atMs, crashed = false, restarts, warmsUpUntilMs }: Observed,
  { intervalMs, bakeMs }: { readonly intervalMs: number; readonly bakeMs: number },
): Watch {
  const { passedAtMs, inconclusiveSinceMs, unavailableSinceMs, throttledSinceMs, silences, crashedSinceMs, ...kept } = watch;
  const elapsedMs = atMs - (watch.observedAtMs ?? watch.startedAtMs);
  const rest: Watch = {
    ...kept,
    observedAtMs: atMs,
    ...(restarts === undefined ? {} : { restarts }),
    ...(crashedSinceMs === undefined ? {} : { crashedSinceMs }),
    ...(crashed ? { bakedMs: 0, crashedSinceMs: crashedSinceMs ?? atMs } : {}),
  };
  if (warmsUpUntilMs !== undefined) return { ...rest, observedAtMs: Math.max(atMs, warmsUpUntilMs) };
  switch (overall.verdict) {
    case 'pass': {
      const vouchedMs = passedAtMs === undefined ? Math.min(intervalMs, elapsedMs) : atMs - passedAtMs;
      const bakedMs = rest.bakedMs + vouchedMs;
      const { crashedSinceMs: _, ...baked } = rest;
      return { ...(bakedMs >= bakeMs ? baked : rest), bakedMs, passedAtMs: atMs };
    }
    case 'inconclusive':
    case 'unavailable':
      return {
        ...rest,
        ...clocksAfter({ inconclusiveSinceMs, unavailableSinceMs, throttledSinceMs }, silenceOf(overall), { atMs, elapsedMs }),
        silences: silencesAfter(silences, verdicts, { atMs, elapsedMs }),
      };
    case 'fail':
      return rest;
  }
}

/**
 * The watch when a pause is over and the step goes on: the next pause has a beginning of its own, and whatever bounds the step's holds
 * begins anew, so that a person who lets a rollout go on gives it one more hold.
 */
export function unpaused(watch: Watch): Watch {
  if (watch.pausedSinceMs === undefined) return watch;
  const { pausedSinceMs: _paused, inconclusiveSinceMs: _inconclusive, unavailableSinceMs: _unavailable, ...kept } = watch;
  const { throttledSinceMs: _throttled, silences: _silences, crashedSinceMs: _crashed, ...rest } = kept;
  return rest;
}
