import { type JudgedDatapoint, judgeDatapoint } from '../../../core/analysis/judge-datapoint.ts';
import type { MetricTally } from '../../../core/analysis/judge-metric.ts';
import { overallVerdict } from '../../../core/analysis/verdict.ts';
import type { Datapoint } from '../../../core/metric-ports.ts';
import { paceOf } from '../../../core/plan/history.ts';
import { type Plan, planRollout } from '../../../core/plan/plan.ts';
import { type Decision, decide } from '../../../core/rollout/decide.ts';
import { newWatch, observe } from '../../../core/rollout/observe.ts';
import type { Watch } from '../../../core/rollout/record.ts';
import { isCloudWatch, type RolloutSpec, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { patienceOf } from '../../../runtime/acts/judge-datapoints.ts';
import { newestDatapoint } from './datapoints.ts';
import { type RowPlan, scaleSpec } from './scale-spec.ts';

/** The spec that all rollouts of a row have but for their names. */
export function judgedSpec(plan: RowPlan): RolloutSpec {
  return rolloutSpec.parse(scaleSpec(0, 'cluster-0', '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/service-0', plan));
}

/**
 * What CloudWatch's metrics make of one rollout that is replayed: the datapoints of the moment in which it was answered, or none, through the judge, the watch
 * of the step and the decision, which are the product's own. Times are the world's, since datapoints are of full minutes.
 */
export class ReplayedJudge {
  readonly #spec: RolloutSpec;
  readonly #plan: Plan;
  readonly #startedAtMs: number;
  #watch: Watch = newWatch(0, 0);
  #tallies: Readonly<Record<string, MetricTally>> = {};
  #datapoints: Readonly<Record<string, JudgedDatapoint>> = {};

  constructor(spec: RolloutSpec, startedAtMs: number) {
    this.#spec = spec;
    this.#plan = planRollout(spec);
    this.#startedAtMs = startedAtMs;
  }

  /** As runtime/acts/judge-datapoints.ts has it. */
  patienceMs(nowMs: number): number {
    return patienceOf(this.#spec, this.#watch, this.#spec.analysis.metrics.filter(isCloudWatch), nowMs);
  }

  begin(stepIndex: number, nowMs: number): void {
    this.#watch = newWatch(stepIndex, nowMs);
  }

  /** @param answeredAtMs When CloudWatch answered what this look asks; undefined where it refused. */
  look(atMs: number, answeredAtMs: number | undefined): Decision {
    const { analysis, policies } = this.#spec;
    const judgements = analysis.metrics.filter(isCloudWatch).map((metric) => {
      const { name, asks } = metric;
      const datapoint: Datapoint =
        answeredAtMs === undefined
          ? { status: 'unavailable', why: 'throttled', isThrottled: true }
          : newestDatapoint(asks.periodSeconds, answeredAtMs);
      const before = { tally: this.#tallies[name], judged: this.#datapoints[name], stepSinceMs: this.#watch.startedAtMs };
      return { name, ...judgeDatapoint(metric, datapoint, before) };
    });
    this.#tallies = Object.fromEntries(judgements.map(({ name, tally }) => [name, tally]));
    this.#datapoints = Object.fromEntries(judgements.flatMap(({ name, judged }) => (judged === undefined ? [] : [[name, judged]])));
    const verdicts = judgements.map(({ verdict }) => verdict);
    const result = { atMs, overall: overallVerdict(verdicts), verdicts };
    const bakeMs = (this.#plan.steps[this.#watch.stepIndex]?.bakeSeconds ?? 0) * 1000;
    this.#watch = observe(this.#watch, result, { intervalMs: analysis.intervalSeconds * 1000, bakeMs });
    const pace = paceOf(this.#plan, policies, true);
    return decide(
      {
        spec: this.#spec,
        plan: this.#plan,
        pace,
        watch: this.#watch,
        startedAtMs: this.#startedAtMs,
        restores: 0,
        request: undefined,
      },
      result,
    );
  }
}
