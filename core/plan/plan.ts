import { type ExplicitStep, isProportion, type RolloutSpec } from '../spec/rollout-spec.ts';

/** One step, as the state machine walks it. */
export interface PlanStep {
  /** From 0. */
  readonly index: number;
  readonly weight: number;
  /** So many of totalWeight requests are copied to the canary, at weight 0. */
  readonly mirrorWeight?: number;
  readonly bakeSeconds: number;
  /** Where the pace is by evidence it may be left that soon: any step but the last (J6) whose bake is longer. */
  readonly leastBakeSeconds?: number;
  /** After the bake: a wait for a person. */
  readonly pause?: { readonly forSeconds: number; readonly onDeadline: 'abort' | 'advance' };
}

/** What a rollout will do, as far as time and weights go. The same spec always gives the same plan. */
export interface Plan {
  readonly totalWeight: number;
  /** Weights rise strictly; the last one is totalWeight, because health is judged at full weight (J6). */
  readonly steps: readonly PlanStep[];
  /** How long nothing bakes at the first step, because all that counts there is asked later; left out where something is asked at once. */
  readonly warmUpSeconds?: number;
  /** The warm-up, and all bakes at their least: no rollout succeeds sooner, but for the pods' start, which comes on top. */
  readonly minimumSeconds: number;
  /** The warm-up, all bakes, and all pauses to their ends; where answers are compared, each bake twice, for each may be in doubt. */
  readonly longestSeconds: number;
  /** After that the rollout is rolled back, wherever it is (W1). */
  readonly deadlineSeconds: number;
  readonly tick: { readonly intervalSeconds: number };
}

/** Of how many of totalWeight requests the canary sees one at a step, answered or copied: what its size goes by (T1). */
export function shareOf(step: PlanStep | undefined): number | undefined {
  return step?.mirrorWeight ?? step?.weight;
}

/** Expands the steps of a spec. The spec has passed `parseSpec`; one that has not may give a plan that cannot be walked. */
export function planRollout(spec: Pick<RolloutSpec, 'steps' | 'pace' | 'router' | 'analysis' | 'deadlines'>): Plan {
  const { totalWeight } = spec.router;
  const leastSeconds = spec.pace.kind === 'evidence' ? spec.pace.minimumBakeSeconds : Number.POSITIVE_INFINITY;
  const steps = expandSteps(spec.steps, totalWeight).map((step, index, all) => ({
    index,
    ...step,
    ...(index < all.length - 1 && leastSeconds < step.bakeSeconds ? { leastBakeSeconds: leastSeconds } : {}),
  }));
  const warmUpSeconds = warmUpOf(spec.analysis.metrics);
  const minimumSeconds = steps.reduce((sum, step) => sum + leastBakeOf(step), warmUpSeconds);
  const onceSeconds = steps.reduce((sum, step) => sum + step.bakeSeconds, 0);
  const bakedSeconds = spec.analysis.metrics.some(isProportion) ? 2 * onceSeconds : onceSeconds;
  return {
    totalWeight,
    steps,
    ...(warmUpSeconds === 0 ? {} : { warmUpSeconds }),
    minimumSeconds,
    longestSeconds: steps.reduce((sum, step) => sum + (step.pause?.forSeconds ?? 0), warmUpSeconds + bakedSeconds),
    deadlineSeconds: spec.deadlines.rolloutSeconds,
    tick: { intervalSeconds: spec.analysis.intervalSeconds },
  };
}

/** How long a step is baked at least. */
export function leastBakeOf({ leastBakeSeconds, bakeSeconds }: Pick<PlanStep, 'bakeSeconds' | 'leastBakeSeconds'>): number {
  return leastBakeSeconds ?? bakeSeconds;
}

/** Until the first of the metrics that count at the first step is asked: where there is none, alarms and alerts judge from the beginning. */
function warmUpOf(metrics: RolloutSpec['analysis']['metrics']): number {
  const counted = metrics.filter(({ role }) => !role.dryRun && role.startingStep === 1);
  return counted.length === 0 ? 0 : Math.min(...counted.map(({ role }) => role.initialDelaySeconds));
}

function expandSteps(steps: RolloutSpec['steps'], totalWeight: number): readonly ExplicitStep[] {
  if ('linear' in steps) {
    const { by, bakeSeconds } = steps.linear;
    return linearWeights(by, totalWeight).map((weight) => ({ weight, bakeSeconds }));
  }
  if ('exponential' in steps) {
    const { from, factor, bakeSeconds } = steps.exponential;
    return exponentialWeights(from, factor, totalWeight).map((weight) => ({ weight, bakeSeconds }));
  }
  return steps;
}

/** @example linearWeights(30, 100) // [30, 60, 90, 100] */
function linearWeights(by: number, totalWeight: number): number[] {
  const weights: number[] = [];
  for (let weight = by; weight < totalWeight; weight += by) weights.push(weight);
  return [...weights, totalWeight];
}

/**
 * Rounds the exact curve, and leaves out what rounds to a weight that was there already, so that a small factor does not linger.
 *
 * @example exponentialWeights(1, 3, 100) // [1, 3, 9, 27, 81, 100]
 * @example exponentialWeights(1, 1.5, 8) // 1, 1.5, 2.25, 3.4, 5.1, 7.6: [1, 2, 3, 5, 8]
 */
function exponentialWeights(from: number, factor: number, totalWeight: number): number[] {
  const weights: number[] = [];
  for (let exact = from; Math.round(exact) < totalWeight; exact *= factor) {
    const weight = Math.round(exact);
    if (weight > (weights.at(-1) ?? 0)) weights.push(weight);
  }
  return [...weights, totalWeight];
}
