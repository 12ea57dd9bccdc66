import { quantile } from '../statistics.ts';
import { type Demand, demandsOf, undisturbedMs } from './floor.ts';
import { latenessOf, silencesOf } from './lateness.ts';
import type { Quotas } from './quotas.ts';
import type { RunResult } from './real-run.ts';
import type { RowPlan } from './scale-spec.ts';
import type { Template } from './template.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One line of the table. Times in seconds. */
export interface Row {
  readonly name: string;
  readonly how: 'real' | 'replayed';
  readonly plan: RowPlan;
  readonly rollouts: number;
  /** How late looks were; undefined where there was none. */
  readonly looks: Percentiles | undefined;
  /** What steps took beyond their bakes. */
  readonly steps: Percentiles | undefined;
  /** Steps that took more than an interval beyond their bake. */
  readonly lateSteps: number;
  /** How long rollouts were without an answer of the source of their metrics. */
  readonly silences: Percentiles | undefined;
  readonly succeeded: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly tookSeconds: number;
  /** The least that the quotas and the rollout's own waits allow: `demands[0]`, or the time of one undisturbed. */
  readonly floorSeconds: number;
  readonly demands: readonly Demand[];
  readonly counted: RunResult['counted'];
}

export interface RowInput {
  readonly name: string;
  readonly how: Row['how'];
  readonly plan: RowPlan;
  readonly rollouts: number;
  readonly quotas: Quotas;
  /** What was replayed, or would be. */
  readonly templates: readonly Template[];
  readonly result: RunResult & { readonly tookMs: number };
  /** From the first push to the last one; 0 where left out. */
  readonly pushedOverMs?: number;
}

export function rowOf({ name, how, plan, rollouts, quotas, templates, result, pushedOverMs = 0 }: RowInput): Row {
  const { looks, steps } = latenessOf(result.looks, plan);
  const demands = demandsOf(templates, rollouts, quotas);
  return {
    name,
    how,
    plan,
    rollouts,
    looks: percentiles(looks),
    steps: percentiles(steps),
    lateSteps: steps.filter((ms) => ms > plan.intervalSeconds * 1000).length,
    silences: percentiles(silencesOf(result.looks)),
    succeeded: result.ends['Succeeded'] ?? 0,
    ends: result.ends,
    tookSeconds: result.tookMs / 1000,
    floorSeconds: Math.max((undisturbedMs(templates[0] ?? []) + pushedOverMs) / 1000, demands[0]?.seconds ?? 0),
    demands,
    counted: result.counted,
  };
}

function percentiles(ms: readonly number[]): Percentiles | undefined {
  if (ms.length === 0) return undefined;
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => quantile(sorted, share) / 1000;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/**
 * Whether the row keeps what is promised: every rollout ends well, and no step is later than its interval, unless CloudWatch's quota forces it: then all
 * take no longer than that quota needs for the calls of rollouts that nothing disturbs.
 */
export function holds({ succeeded, rollouts, lateSteps, demands, tookSeconds }: Row): boolean {
  const forced = demands[0]?.quota === 'GetMetricData' && tookSeconds <= demands[0].seconds;
  return succeeded === rollouts && (lateSteps === 0 || forced);
}
