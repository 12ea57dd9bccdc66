import { judgeShift } from '../../core/analysis/judge-shift.ts';
import { inRole } from '../../core/analysis/metrics-now.ts';
import { asksForSamples, sampleMoments } from '../../core/analysis/shift-moments.ts';
import { type Verdict, withQuery } from '../../core/analysis/verdict.ts';
import type { MannWhitneySpec } from '../../core/spec/mann-whitney-spec.ts';
import type { Deps } from '../deps.ts';
import { sampleQueries } from './metric-queries.ts';
import type { OpenRollout } from './open-rollout.ts';

/** Judges metrics that compare samples, where this look may be the last one of the bake; before that they say nothing. */
export async function judgeShifts(
  deps: Pick<Deps, 'clock' | 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'plan' | 'record'>,
  metrics: readonly MannWhitneySpec[],
): Promise<readonly Verdict[]> {
  const { prometheus, intervalSeconds } = open.spec.analysis;
  const { watch } = open.record;
  const step = open.plan.steps[watch?.stepIndex ?? 0];
  if (prometheus === undefined || watch === undefined || step === undefined || metrics.length === 0) return [];
  const nowMs = deps.clock.now();
  if (!asksForSamples(watch, step, { nowMs, intervalSeconds })) return [];
  const trafficSinceMs = open.record.trafficSinceMs ?? watch.startedAtMs;
  const { metrics: provider } = deps.prometheus(prometheus.url);
  return Promise.all(
    metrics.map(async (metric): Promise<Verdict> => {
      const { name, role } = metric;
      const { canary, baseline, windowSeconds } = sampleQueries(metric, open.spec);
      const past = sampleMoments(metric, windowSeconds, { nowMs, trafficSinceMs });
      const [present, ofCanary, ofBaseline] = await Promise.all([
        provider.measure([{ name, query: canary }]),
        past.count === 0 ? [] : provider.history({ name, query: canary }, past),
        past.count === 0 ? [] : provider.history({ name, query: baseline }, past),
      ]);
      const [asked] = present;
      const judged: Verdict =
        asked?.status === 'unavailable'
          ? { name, verdict: 'unavailable', reason: `${name} could not be asked: ${asked.why}` }
          : judgeShift(metric, valuesOf(ofCanary), valuesOf(ofBaseline));
      return inRole(role, withQuery(judged, canary));
    }),
  );
}

function valuesOf(past: readonly { readonly value: number }[]): number[] {
  return past.map(({ value }) => value);
}
