import { overallVerdict, type Verdict } from '../../../core/analysis/verdict.ts';
import type { Measurement, MetricProvider, MetricQuery } from '../../../core/metric-ports.ts';
import { paceOf } from '../../../core/plan/history.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import { type Decision, decide } from '../../../core/rollout/decide.ts';
import { newWatch, observe } from '../../../core/rollout/observe.ts';
import { type RolloutRecord, rolloutRecord, type Watch } from '../../../core/rollout/record.ts';
import { isPrometheusMetric, isProportion, type RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import { judgeProportions } from '../../../runtime/acts/judge-proportions.ts';
import { judgeQueries } from '../../../runtime/acts/judge-queries.ts';
import type { OpenRollout } from '../../../runtime/acts/open-rollout.ts';
import { recordOf, spec as specOf, startMs } from '../../core/rollout/rollout-for-tests.ts';

/** What both sides did in the interval before a look. */
export interface Interval {
  readonly canary: { readonly all: number; readonly bad: number };
  readonly stable: { readonly all: number; readonly bad: number };
  /** What every query of the spec is answered. */
  readonly value: number;
}

/** Instead of what it measured, what a source of metrics says to a look. */
export type Mishap = 'down' | 'noData' | 'NaN' | 'Infinity';

/** What happens in the interval before the look of that index; the count goes through the whole rollout. */
export interface Weather {
  interval(look: number, isFullWeight: boolean): Interval;
  mishap(look: number): Mishap | undefined;
}

export interface Look {
  readonly index: number;
  readonly atMs: number;
  readonly stepIndex: number;
  readonly verdict: Verdict;
  readonly decision: Decision;
  readonly bakedMs: number;
  /** How much the step had baked at the look before. */
  readonly bakedBeforeMs: number;
}

const mostLooks = 1_000;

/**
 * Walks a rollout from look to look as RunAnalysis and Decide do, through all that judges it: measurements, the counts of answers and what is kept of
 * them, verdicts, the watch of the step, the decision. It ends where the rollout is promoted, aborted or paused, and goes back and forth with the store between.
 */
export async function judgedRollout(change: Partial<RolloutSpecSource>, weather: Weather): Promise<Look[]> {
  const spec = specOf(change);
  const plan = planRollout(spec);
  const { intervalSeconds, metrics } = spec.analysis;
  const source = new Source(weather, intervalSeconds * 1000);
  let watch: Watch = newWatch(0, startMs);
  let record: RolloutRecord = recordOf({ watch });
  const looks: Look[] = [];
  for (let index = 0; index < mostLooks; index += 1) {
    const step = plan.steps[watch.stepIndex];
    const atMs = source.look(index, step?.weight === plan.totalWeight);
    const open = { spec, plan, target: routeTargetOf(spec), names: workloadNamesOf(spec), record } as OpenRollout;
    const prometheus = () => ({ metrics: source.provider, alerts: { read: async () => [] } });
    const deps = { clock: { now: () => atMs, sleep: async () => {} }, prometheus };
    const queries = await judgeQueries(deps, open, metrics.filter(isPrometheusMetric), {
      tallies: record.tallies,
      asksForNewestSample: false,
    });
    const proportions = await judgeProportions(deps, open, metrics.filter(isProportion));
    const verdicts = [...queries.verdicts, ...proportions.verdicts];
    const analysis = { atMs, overall: overallVerdict(verdicts), verdicts };
    const bakedBeforeMs = watch.bakedMs;
    watch = observe(watch, analysis, { intervalMs: intervalSeconds * 1000, bakeMs: (step?.bakeSeconds ?? 0) * 1000 });
    const pace = paceOf(plan, spec.policies, false);
    const decision = decide({ spec, plan, pace, watch, startedAtMs: startMs, restores: 0, request: undefined }, analysis);
    looks.push({ index, atMs, stepIndex: watch.stepIndex, verdict: analysis.overall, decision, bakedMs: watch.bakedMs, bakedBeforeMs });
    if (decision.action !== 'hold' && decision.action !== 'advance') return looks;
    if (decision.action === 'advance') watch = newWatch(decision.stepIndex, atMs);
    record = storedAndRead({ ...record, watch, tallies: { ...queries.tallies }, answers: { ...proportions.answers }, analysis });
  }
  return looks;
}

/** As DynamoDB keeps it: what is no JSON does not come back. */
function storedAndRead(record: RolloutRecord): RolloutRecord {
  return rolloutRecord.parse(JSON.parse(JSON.stringify(record)));
}

/** A Prometheus that has counted what the weather was, and answers from its counters as growthQuery asks: how much they have grown in so many ms. */
class Source {
  readonly #weather: Weather;
  readonly #intervalMs: number;
  readonly #past: Interval[] = [];
  #look = 0;

  constructor(weather: Weather, intervalMs: number) {
    this.#weather = weather;
    this.#intervalMs = intervalMs;
  }

  /** Time goes on to that look. */
  look(index: number, isFullWeight: boolean): number {
    this.#look = index;
    this.#past.push(this.#weather.interval(index, isFullWeight));
    return this.#nowMs();
  }

  readonly provider: MetricProvider = {
    measure: async (queries) => queries.map((query) => this.#answer(query)),
    history: async () => [],
  };

  #nowMs(): number {
    return startMs + (this.#look + 1) * this.#intervalMs;
  }

  #answer({ name, query }: MetricQuery): Measurement {
    const atMs = this.#nowMs();
    switch (this.#weather.mishap(this.#look)) {
      case 'down':
        return { name, atMs, status: 'unavailable', why: 'The connection was refused.' };
      case 'noData':
        return { name, atMs, status: 'noData', why: 'The query answers NaN, as a ratio does while there is no traffic: 0 divided by 0.' };
      case 'NaN':
        return { name, atMs, status: 'value', value: Number.NaN };
      case 'Infinity':
        return { name, atMs, status: 'value', value: Number.POSITIVE_INFINITY };
      case undefined:
        return { name, atMs, status: 'value', value: this.#valueOf(name, query) };
    }
  }

  #valueOf(name: string, query: string): number {
    const [, forMs] = /offset (\d+)ms/.exec(query) ?? [];
    if (name === 'source' || name === 'destination') return this.#nowMs() / 1000;
    if (forMs === undefined) return this.#past.at(-1)?.value ?? Number.NaN;
    const since = this.#past.slice(this.#past.length - Math.round(Number(forMs) / this.#intervalMs));
    const side = name.startsWith('the canary') ? 'canary' : 'stable';
    return since.reduce((sum, each) => sum + (name.endsWith('bad answers') ? each[side].bad : each[side].all), 0);
  }
}
