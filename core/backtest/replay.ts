import type { Verdict } from '../analysis/verdict.ts';
import { paceOf } from '../plan/history.ts';
import { type Plan, planRollout } from '../plan/plan.ts';
import { type Decision, type DecisionState, decide } from '../rollout/decide.ts';
import { newWatch, unpaused } from '../rollout/observe.ts';
import type { AnalysisResult, RollbackReason, Watch } from '../rollout/record.ts';
import { type Looked, type LookResult, lookAt, type ReplayState } from './look-at.ts';

/** What is replayed: a spec, and what was recorded from one moment to another. */
export interface ReplayInput extends Omit<Looked, 'plan'> {
  readonly toMs: number;
}

/** One look: what every metric came to, and what was done. */
export interface ReplayLook {
  readonly atMs: number;
  readonly stepIndex: number;
  readonly weight: number;
  readonly overall: Verdict;
  readonly verdicts: readonly Verdict[];
  /** What was counted of both sides at this step until now, by metric. */
  readonly counted: LookResult['counted'];
  /** How much of the step's bake had a pass at both ends, this look included. */
  readonly bakedSeconds: number;
  readonly action: Decision['action'];
  readonly why: string;
  /** Why it would have waited for a person, where it would; it was taken for resumed at once. */
  readonly paused?: string;
}

export type ReplayOutcome =
  | { readonly outcome: 'promoted'; readonly atMs: number; readonly why: string }
  | { readonly outcome: 'rolledBack'; readonly atMs: number; readonly why: string; readonly reason: RollbackReason }
  /** What was recorded ends before. */
  | { readonly outcome: 'undecided'; readonly atMs: number; readonly why: string };

export interface Replay {
  readonly plan: Plan;
  readonly looks: readonly ReplayLook[];
  readonly end: ReplayOutcome;
}

/**
 * Walks a rollout through what was recorded, by the functions that judge and decide in production, in simulated time. Weights take effect at once, a
 * pause is taken for resumed at once, and the recorded traffic stays as it was, whatever the weight. What only a cluster knows (pods, edits of others, the
 * share that routes give the canary), alarms and alerts say nothing.
 */
export function replay(input: ReplayInput): Replay {
  const plan = planRollout(input.spec);
  const pace = paceOf(plan, input.spec.policies, false);
  const looks: ReplayLook[] = [];
  const unasked = { tallies: new Map(), datapoints: new Map(), remembered: undefined, counts: new Map() };
  let state: ReplayState = { watch: newWatch(0, input.fromMs), ...unasked };
  let nowMs = input.fromMs;
  while (nowMs <= input.toMs) {
    const looked = lookAt({ ...input, plan }, state, nowMs);
    const { stepIndex } = state.watch;
    const about = { spec: input.spec, plan, pace, startedAtMs: input.fromMs, restores: 0 };
    const { decision, watch, paused } = decideAndResume({ ...about, watch: looked.state.watch, request: undefined }, looked.analysis);
    const { analysis, counted, state: after } = looked;
    looks.push({
      atMs: nowMs,
      stepIndex,
      weight: plan.steps[stepIndex]?.weight ?? 0,
      overall: analysis.overall,
      verdicts: analysis.verdicts,
      counted,
      bakedSeconds: after.watch.bakedMs / 1000,
      action: decision.action,
      why: decision.why,
      ...(paused === undefined ? {} : { paused }),
    });
    switch (decision.action) {
      case 'promote':
        return { plan, looks, end: { outcome: 'promoted', atMs: nowMs, why: decision.why } };
      case 'abort':
        return { plan, looks, end: { outcome: 'rolledBack', atMs: nowMs, why: decision.why, reason: decision.reason } };
      case 'advance':
        state = { ...looked.state, watch: newWatch(decision.stepIndex, nowMs) };
        break;
      default:
        state = { ...looked.state, watch };
        nowMs += waitMs(decision, pace.intervalSeconds);
    }
  }
  const last = looks.at(-1);
  return { plan, looks, end: { outcome: 'undecided', atMs: input.toMs, why: last?.why ?? 'Nothing was looked at.' } };
}

/** As RunAnalysis does: an interval, or what is left of a bake or a hold where that is less. */
function waitMs(decision: Decision, intervalSeconds: number): number {
  const { waitSeconds, watchSeconds } = 'tick' in decision ? decision.tick : { waitSeconds: 0, watchSeconds: intervalSeconds };
  return Math.max(1, Math.min(intervalSeconds, waitSeconds + watchSeconds)) * 1000;
}

interface Decided {
  readonly decision: Decision;
  readonly watch: Watch;
  readonly paused?: string;
}

/** What is decided, and once more where that is a pause and somebody resumes it at once. */
function decideAndResume(state: DecisionState, analysis: AnalysisResult): Decided {
  const decision = decide(state, analysis);
  if (decision.action !== 'pause') return { decision, watch: unpaused(state.watch) };
  const { atMs } = analysis;
  const watch = { ...state.watch, pausedSinceMs: atMs };
  const resumed = decide({ ...state, watch, request: { action: 'resume', by: 'backtest', why: '', atMs } }, analysis);
  return { decision: resumed, watch: unpaused(watch), paused: decision.why };
}
