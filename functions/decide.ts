import { stretchTick } from '../core/plan/history.ts';
import { type Decision, decide as decideNext } from '../core/rollout/decide.ts';
import { newWatch, unpaused } from '../core/rollout/observe.ts';
import { type RolloutPayload, rolloutPayload } from '../core/rollout/payload.ts';
import type { RolloutRecord, Watch } from '../core/rollout/record.ts';
import { formatDuration } from '../core/spec/duration.ts';
import { saveAndTell, tellUntold } from '../runtime/acts/announce.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Turns the last analysis into the next action, and writes it down. A retry after the answer got lost finds the step advanced
 * already, says the same again (W2), and tells what its first call may have died before it could tell (P1).
 */
export const decide = defineFunction({
  name: 'Decide',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, payload);
    const { record, spec, plan, pace } = open;
    if (record.stepIndex > payload.stepIndex) {
      await tellUntold(deps, payload);
      return { ...payload, stepIndex: record.stepIndex, outcome: 'advance' };
    }
    const watch = record.watch ?? newWatch(payload.stepIndex, deps.clock.now());
    const analysis = record.analysis ?? {
      atMs: deps.clock.now(),
      overall: { name: 'analysis', verdict: 'inconclusive' as const, reason: 'Nothing was measured yet.' },
      verdicts: [],
    };
    const { startedAtMs, restores, request } = record;
    const decision = stretched(decideNext({ spec, plan, pace, watch, startedAtMs, restores, request }, analysis), {
      plan,
      holds: spec.policies,
      pace,
      ticks: payload.ticks,
      leftSeconds: (startedAtMs - deps.clock.now()) / 1000 + spec.deadlines.rolloutSeconds,
    });
    const quiet = 'tick' in decision ? decision.tick.waitSeconds : 0;
    const change = changeOf(decision, record, watch, analysis.atMs);
    const transition = transitionOf(decision, change, analysis.atMs);
    if (transition === undefined) await open.rollouts.save(open.held, change, quiet);
    else await saveAndTell(deps, open, change, { transition, reason: decision.why, quietSeconds: quiet });
    return next(payload, decision);
  },
});

/** The same decision, with a tick that the execution's history allows for. */
function stretched(decision: Decision, history: Parameters<typeof stretchTick>[1]): Decision {
  if (!('tick' in decision)) return decision;
  const tick = stretchTick(decision.tick, history);
  if (tick === decision.tick) return decision;
  const apart = formatDuration(tick.waitSeconds + tick.watchSeconds);
  return { ...decision, tick, why: `${decision.why} Looked at every ${apart} only: it takes longer than planned.` };
}

function changeOf(decision: Decision, record: RolloutRecord, watch: Watch, nowMs: number): Partial<RolloutRecord> {
  switch (decision.action) {
    case 'advance':
      return { phase: 'progressing', stepIndex: decision.stepIndex };
    case 'pause':
      return { phase: 'paused', watch: { ...watch, pausedSinceMs: watch.pausedSinceMs ?? nowMs } };
    case 'hold':
      return { phase: 'progressing', watch: unpaused(watch) };
    case 'restore':
      return { phase: 'progressing', restores: record.restores + 1, watch: unpaused(watch) };
    case 'promote':
    case 'abort':
      return {};
  }
}

/** A pause is told where it begins: with this analysis, also when this is a second call for it. */
function transitionOf(decision: Decision, { watch }: Partial<RolloutRecord>, nowMs: number): 'advanced' | 'paused' | undefined {
  if (decision.action === 'advance') return 'advanced';
  return decision.action === 'pause' && watch?.pausedSinceMs === nowMs ? 'paused' : undefined;
}

function next(payload: RolloutPayload, decision: Decision): RolloutPayload {
  const base = { ...payload, outcome: decision.action, why: decision.why, ticks: payload.ticks + 1, waitSeconds: 0, watchSeconds: 0 };
  switch (decision.action) {
    case 'advance':
      return { ...base, stepIndex: decision.stepIndex };
    case 'hold':
    case 'pause':
      return { ...base, ...decision.tick };
    case 'abort':
      return { ...base, abort: { reason: decision.reason, why: decision.why } };
    case 'promote':
    case 'restore':
      return base;
  }
}

export const handler = decide.handler;
