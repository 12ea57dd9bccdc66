import { judgeShift } from '../../core/analysis/judge-shift.ts';
import { inRole } from '../../core/analysis/metrics-now.ts';
import { queryWindowSeconds } from '../../core/analysis/query-window.ts';
import { type Verdict, withQuery } from '../../core/analysis/verdict.ts';
import { leastBakeOf } from '../../core/plan/plan.ts';
import type { MannWhitneySpec } from '../../core/spec/mann-whitney-spec.ts';
import type { Deps } from '../deps.ts';
import { metricQueries } from './metric-queries.ts';
import type { OpenRollout } from './open-rollout.ts';

/** The newest of more. */
const mostSamples = 500;

/** So long before a bake is over a look may be the last one of it, however late the next one is. */
const beforeEndMs = 30_000;

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
  const now = deps.clock.now();
  const sinceMs = now - (watch.passedAtMs ?? now);
  const leftMs = leastBakeOf(step) * 1000 - watch.bakedMs - sinceMs;
  if (leftMs > Math.max(beforeEndMs, 2 * intervalSeconds * 1000)) return [];
  const { metrics: provider } = deps.prometheus(prometheus.url);
  return Promise.all(
    metrics.map(async (metric): Promise<Verdict> => {
      const { name, mannWhitney, role } = metric;
      const { everySeconds } = mannWhitney;
      const asking = [mannWhitney.canary, mannWhitney.baseline].map((query) => ({ name, query }));
      const [canary = '', baseline = ''] = metricQueries(asking, open.spec).map(({ query }) => query);
      const windowMs = Math.max(queryWindowSeconds(canary), queryWindowSeconds(baseline)) * 1000;
      const fromMs = (open.record.trafficSinceMs ?? watch.startedAtMs) + role.initialDelaySeconds * 1000 + windowMs;
      const count = Math.min(mostSamples, Math.floor((now - fromMs) / 1000 / everySeconds) + 1);
      const past = { lastAtMs: now, everySeconds, count: Math.max(0, count) };
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
