import { doubtOf } from '../analysis/doubt.ts';
import { canaryVerdict } from '../analysis/judge-canary.ts';
import { fitsBudget } from '../analysis/proportion/cost.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { type Pace, planTick, type Tick } from '../plan/tick.ts';
import type { BoundedHold } from '../spec/bounded-hold.ts';
import { formatDuration } from '../spec/duration.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { AnalysisResult, OperatorRequest, RollbackReason, Watch } from './record.ts';
import { type ShareSays, shareSays } from './share-watch.ts';
import { holdThatDecides, type Silence, silenceOf } from './silences.ts';

/** How often an outside edit is put right before the rollout gives way (T6: never an endless fight). */
export const restoreLimit = 3;

/** All that a decision depends on. */
export interface DecisionState {
  readonly spec: RolloutSpec;
  readonly plan: Plan;
  readonly pace: Pace;
  readonly watch: Watch;
  readonly startedAtMs: number;
  readonly restores: number;
  readonly request: OperatorRequest | undefined;
}

export type Decision =
  /** Go to the step of that index. */
  | { readonly action: 'advance'; readonly stepIndex: number; readonly why: string }
  /** Stay, and look again after the tick. */
  | { readonly action: 'hold' | 'pause'; readonly tick: Tick; readonly why: string }
  /** All steps are done: the canary becomes stable. */
  | { readonly action: 'promote'; readonly why: string }
  /** Write the step's own weight again. */
  | { readonly action: 'restore'; readonly why: string }
  | { readonly action: 'abort'; readonly reason: RollbackReason; readonly why: string };

/**
 * What happens next at a step: pure, so that the same record always gives the same answer, however often a Lambda is retried.
 *
 * In order: a failed verdict, the deadline of the whole rollout, an outside edit, a share of the requests that is not the weight's, a person's
 * request, pods that keep crashing, a source that is down, too little evidence, the bake, a second one where there is doubt, the step's pause; then
 * the next step, or promotion, as soon as the share is known or has been waited for (T8).
 */
export function decide(state: DecisionState, analysis: AnalysisResult): Decision {
  const { spec, watch, plan } = state;
  const says = shareSays(watch.share, {
    nowMs: analysis.atMs,
    intervalMs: spec.analysis.intervalSeconds * 1000,
    bakeMs: stepOf(plan, watch.stepIndex).bakeSeconds * 1000,
    noDataHoldMs: spec.policies.noData.holdSeconds * 1000,
  });
  const decision = decideApart(state, analysis, says);
  return decision.action === 'advance' || decision.action === 'promote' ? throughGate(state, analysis, decision, says) : decision;
}

function throughGate(
  state: DecisionState,
  { atMs }: AnalysisResult,
  decision: Extract<Decision, { action: 'advance' | 'promote' }>,
  says: ShareSays,
): Decision {
  if (says.gate !== 'shut') return says.why === '' ? decision : { ...decision, why: `${decision.why} ${says.why}` };
  const remainingSeconds = Math.ceil((says.untilMs - atMs) / 1000);
  return { action: 'hold', tick: tickFor(state, remainingSeconds), why: says.why };
}

function decideApart(state: DecisionState, analysis: AnalysisResult, says: ShareSays): Decision {
  const { spec, plan, watch } = state;
  const { atMs: nowMs, overall } = analysis;
  const step = stepOf(plan, watch.stepIndex);

  if (overall.verdict === 'fail') return { action: 'abort', reason: failureReason(spec, analysis), why: overall.reason };
  const deadlineAtMs = state.startedAtMs + spec.deadlines.rolloutSeconds * 1000;
  if (nowMs >= deadlineAtMs) {
    return {
      action: 'abort',
      reason: 'timeout',
      why: `The rollout has taken ${formatDuration(spec.deadlines.rolloutSeconds)}, its deadline.`,
    };
  }
  if (analysis.drift !== undefined) return onDrift(state, analysis.drift, nowMs);
  if (says.gate === 'giveWay') return { action: 'abort', reason: 'error', why: says.why };
  if (state.request?.action === 'pause') {
    return pauseFor(state, nowMs, deadlineAtMs, `Paused by ${state.request.by}: ${state.request.why || 'no reason given'}.`);
  }
  const { warmsUpUntilMs } = analysis;
  if (warmsUpUntilMs !== undefined) {
    const left = Math.max(1, Math.ceil((warmsUpUntilMs - nowMs) / 1000));
    return {
      action: 'hold',
      tick: tickFor(state, left),
      why: `The canary warms up: no metric is asked for another ${formatDuration(left)}.`,
    };
  }
  if (state.request?.action === 'promote' && overall.verdict === 'pass' && watch.stepIndex < plan.steps.length - 1) {
    return { action: 'advance', stepIndex: plan.steps.length - 1, why: `${state.request.by} asked to promote: on to the last step.` };
  }
  if (keepsCrashing(state, step, nowMs)) {
    const bake = formatDuration(step.bakeSeconds);
    const over = `${overall.reason} Pods of the canary have crashed, and have not stayed up for a bake of ${bake} since.`;
    return onHoldOver(state, analysis, spec.policies.noData, 'inconclusive', over, deadlineAtMs);
  }
  const silence = silenceOf(overall);
  return silence === undefined ? onPass(state, step, analysis) : onSilence(state, analysis, silence, deadlineAtMs);
}

function onPass(state: DecisionState, step: PlanStep, analysis: AnalysisResult): Decision {
  const { plan, watch } = state;
  const leftMs = step.bakeSeconds * 1000 - watch.bakedMs;
  if (leftMs > 0 && !goesByEvidence(step, watch, analysis)) {
    const tick = tickFor(state, leftMs / 1000);
    return { action: 'hold', tick, why: `Baking at weight ${step.weight}, ${formatDuration(Math.ceil(leftMs / 1000))} left.` };
  }
  const doubt = watch.pausedSinceMs === undefined ? doubtOf(analysis.verdicts) : undefined;
  const secondMs = leftMs + step.bakeSeconds * 1000;
  if (doubt !== undefined && secondMs > 0) {
    const left = formatDuration(Math.ceil(secondMs / 1000));
    return {
      action: 'hold',
      tick: tickFor(state, secondMs / 1000),
      why: `${doubt.reason} In doubt the step is baked twice, ${left} left.`,
    };
  }
  if (step.pause !== undefined && !resumedSincePaused(state)) {
    const endMs = (watch.pausedSinceMs ?? analysis.atMs) + step.pause.forSeconds * 1000;
    if (analysis.atMs < endMs) {
      return pauseFor(state, analysis.atMs, endMs, `Waits for a person, at most ${formatDuration(step.pause.forSeconds)}.`);
    }
    if (step.pause.onDeadline === 'abort') {
      return { action: 'abort', reason: 'timeout', why: `Nobody resumed the rollout within ${formatDuration(step.pause.forSeconds)}.` };
    }
  }
  return nextStep(plan, watch, analysis.overall.reason);
}

/**
 * Whether a step may be left before its bake is over: it has baked the least that it must, and by every comparison that counts what the next step could
 * cost fits the budget. A plan whose pace is fixed has no step that may.
 */
function goesByEvidence({ leastBakeSeconds }: PlanStep, { bakedMs }: Watch, { verdicts }: AnalysisResult): boolean {
  if (leastBakeSeconds === undefined || bakedMs < leastBakeSeconds * 1000) return false;
  const costs = verdicts.flatMap(({ comparison, dryRun }) => (comparison?.cost === undefined || dryRun === true ? [] : [comparison.cost]));
  return costs.length > 0 && costs.every(fitsBudget);
}

function nextStep(plan: Plan, watch: Watch, why: string): Decision {
  return watch.stepIndex < plan.steps.length - 1 ? { action: 'advance', stepIndex: watch.stepIndex + 1, why } : { action: 'promote', why };
}

/**
 * A bounded hold, then the action that the policy declares (J1, J2, W1). Where a pause is under way it goes on meanwhile: one blip does not
 * end it. A person who resumes a rollout that was paused gives it one more hold.
 */
function onSilence(state: DecisionState, analysis: AnalysisResult, gravest: Silence, deadlineAtMs: number): Decision {
  const { spec, watch, request } = state;
  const resumed = resumedSincePaused(state);
  const held = { spec, watch, nowMs: analysis.atMs, resumedAtMs: resumed ? (request?.atMs ?? 0) : 0 };
  const { kind, policy, holdSeconds, endMs, why } = holdThatDecides(held, analysis, gravest);
  if (analysis.atMs < endMs) {
    const tick = tickFor(state, (endMs - analysis.atMs) / 1000);
    const action = watch.pausedSinceMs === undefined || resumed ? 'hold' : 'pause';
    return { action, tick, why: `${why} Held for at most ${formatDuration(holdSeconds)}.` };
  }
  return onHoldOver(state, analysis, policy, kind, `${why} It has been ${kind} for ${formatDuration(holdSeconds)}.`, deadlineAtMs);
}

function onHoldOver(
  state: DecisionState,
  analysis: AnalysisResult,
  policy: BoundedHold,
  kind: Silence,
  over: string,
  deadlineAtMs: number,
): Decision {
  switch (policy.onDeadline) {
    case 'abort':
      return { action: 'abort', reason: kind === 'inconclusive' ? 'inconclusive' : 'error', why: over };
    case 'pause':
      return pauseFor(state, analysis.atMs, deadlineAtMs, over);
    case 'advance':
      return nextStep(state.plan, state.watch, `${over} The spec says to advance.`);
  }
}

/**
 * Whether pods that crash, and pass while they are up, have had their time: a whole hold, and a whole bake without a crash besides (W1). One
 * crash alone leaves the bake that it needs.
 */
function keepsCrashing(state: DecisionState, step: PlanStep, nowMs: number): boolean {
  const { crashedSinceMs } = state.watch;
  if (crashedSinceMs === undefined || resumedSincePaused(state)) return false;
  return nowMs - crashedSinceMs >= (state.spec.policies.noData.holdSeconds + step.bakeSeconds) * 1000;
}

function onDrift(state: DecisionState, drift: string, nowMs: number): Decision {
  const { spec } = state;
  switch (spec.policies.outsideEdit) {
    case 'abort':
      return { action: 'abort', reason: 'drift', why: drift };
    case 'halt':
      return resumedSincePaused(state)
        ? restoreOrAbort(state, drift)
        : pauseFor(state, nowMs, state.startedAtMs + spec.deadlines.rolloutSeconds * 1000, drift);
    case 'restore':
      return restoreOrAbort(state, drift);
  }
}

function restoreOrAbort({ restores }: DecisionState, drift: string): Decision {
  return restores < restoreLimit
    ? { action: 'restore', why: drift }
    : { action: 'abort', reason: 'drift', why: `${drift} It was put right ${restoreLimit} times already.` };
}

/**
 * A person saw why it stopped, and wants it to go on: the step's pause is over, or what somebody else changed is put right. A resume from
 * before this pause was for another one, and answers nothing.
 */
function resumedSincePaused({ request, watch }: DecisionState): boolean {
  return request?.action === 'resume' && watch.pausedSinceMs !== undefined && request.atMs >= watch.pausedSinceMs;
}

function pauseFor(state: DecisionState, nowMs: number, endMs: number, why: string): Decision {
  const remainingSeconds = Math.max(1, Math.ceil((endMs - nowMs) / 1000));
  return { action: 'pause', tick: tickFor(state, remainingSeconds), why };
}

/** A canary without an endpoint after somebody else changed things is no judgement on the image, which would be quarantined (O4). */
function failureReason(spec: RolloutSpec, { overall: { name }, drift }: AnalysisResult): RollbackReason {
  if (name === canaryVerdict && drift !== undefined) return 'drift';
  return spec.analysis.alarms.includes(name) || spec.analysis.alerts.includes(name) ? 'alarm' : 'analysis';
}

function stepOf(plan: Plan, index: number): PlanStep {
  const step = plan.steps[index];
  if (step === undefined) throw new RangeError(`the plan has no step ${index}`);
  return step;
}

function tickFor({ pace }: DecisionState, remainingSeconds: number): Tick {
  return planTick(pace, remainingSeconds);
}
