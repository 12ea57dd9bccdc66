import { planRollout } from '../../core/plan/plan.ts';
import { endedPhases, type HistoryEntry, type RolloutRecord } from '../../core/rollout/record.ts';
import { rolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Observed } from './observed.ts';
import type { RolloutReport, ScenarioReport } from './report.ts';
import { type DemoState, measuredOverMs, measuredShare, setShare } from './state.ts';
import { linesOf } from './story.ts';

/** What is known after one more event. Pure: the same events give the same picture and the same report. */
export function reduce(before: DemoState, event: Observed): DemoState {
  const lines = linesOf(before, event);
  const after = take({ ...before, nowMs: Math.max(before.nowMs, event.atMs) }, event);
  return lines.length === 0 ? after : { ...after, report: { ...after.report, story: [...after.report.story, ...lines] } };
}

function take(state: DemoState, event: Observed): DemoState {
  switch (event.kind) {
    case 'ready':
      return { ...state, ready: true };
    case 'answer':
      return takeAnswer(state, event);
    case 'record':
      return { ...state, report: takeRecord(state.report, event.record) };
    case 'canaryRequest':
      return withCurrent(state, () => ({ lastCanaryRequestAtMs: event.atMs }));
    case 'weight':
      return withCurrent(state, (rollout) => takeWeight(rollout, event));
    case 'history':
      return withCurrent(state, (rollout) => ({ transitions: [...rollout.transitions, transitionOf(event.entry)] }));
    case 'alarm': {
      const { kind: _kind, ...alarm } = event;
      return withCurrent(state, (rollout) => ({
        alarms: [...rollout.alarms, alarm],
        ...(alarm.state === 'alarm' ? { alarmAtMs: rollout.alarmAtMs ?? alarm.atMs } : {}),
      }));
    }
    case 'quarantined':
      return withCurrent(state, () => ({ quarantined: true }));
    case 'second':
      return takeSecond(takeSample(state, event.atMs), event.atMs);
    case 'ended': {
      const { report, ...rest } = takeSecond(takeSample(state, event.atMs), event.atMs);
      return { ...rest, report: { ...report, endedAtMs: event.atMs, differences: [...event.differences] } };
    }
  }
}

function takeSample(state: DemoState, atMs: number): DemoState {
  return withCurrent(state, (rollout) => {
    const measured = measuredShare(state, rollout.tag) ?? null;
    return { shares: [...rollout.shares, { atMs, set: setShare(rollout), measured }] };
  });
}

function takeSecond(state: DemoState, atMs: number): DemoState {
  const { report } = state;
  return { ...state, report: { ...report, seconds: [...report.seconds, { atMs, requests: report.requests }] } };
}

function takeAnswer(state: DemoState, { atMs, version, failed }: Extract<Observed, { kind: 'answer' }>): DemoState {
  const { report } = state;
  if (version === undefined) return { ...state, report: { ...report, unanswered: report.unanswered + 1 } };
  const recent = [...state.recent.filter((answer) => answer.atMs > atMs - measuredOverMs), { atMs, version }];
  const counted: DemoState = { ...state, recent, report: { ...report, requests: count(report.requests, version, failed) } };
  return withCurrent(counted, (rollout) => ({
    requests: count(rollout.requests, version, failed),
    ...(failed && version === rollout.tag ? { firstBadAnswerAtMs: rollout.firstBadAnswerAtMs ?? atMs } : {}),
  }));
}

function count(requests: ScenarioReport['requests'], version: string, failed: boolean): ScenarioReport['requests'] {
  const { served, failed: failedBefore } = requests[version] ?? { served: 0, failed: 0 };
  return { ...requests, [version]: failed ? { served, failed: failedBefore + 1 } : { served: served + 1, failed: failedBefore } };
}

function takeWeight(rollout: RolloutReport, { atMs, canary }: { readonly atMs: number; readonly canary: number }): Partial<RolloutReport> {
  const last = rollout.weights.at(-1);
  const weights = last?.canary === canary ? rollout.weights : [...rollout.weights, { atMs, canary }];
  const undone = canary === 0 && (last?.canary ?? 0) > 0 && rollout.phase !== 'promoting';
  return undone ? { weights, stableWrittenAtMs: atMs } : { weights };
}

/** A record is of the rollout that is shown, or begins to be. */
function takeRecord(report: ScenarioReport, record: RolloutRecord): ScenarioReport {
  const known = report.rollouts.find(({ rolloutId }) => rolloutId === record.rolloutId);
  const next = { ...(known ?? beginReport(record)), ...changesOf(known, record) };
  const rollouts = known === undefined ? [...report.rollouts, next] : report.rollouts.map((other) => (other === known ? next : other));
  return { ...report, rollouts };
}

function beginReport(record: RolloutRecord): RolloutReport {
  const { totalWeight, steps } = planRollout(rolloutSpec.parse(record.spec));
  return {
    rolloutId: record.rolloutId,
    tag: record.image.tag ?? record.image.digest,
    totalWeight,
    steps: steps.map(({ weight, bakeSeconds }) => ({ weight, bakeSeconds })),
    stepIndex: 0,
    bakedMs: 0,
    phase: record.phase,
    startedAtMs: Math.round(record.startedAtMs),
    weights: [],
    shares: [],
    analyses: [],
    transitions: [],
    alarms: [],
    requests: {},
    quarantined: false,
  };
}

function changesOf(known: RolloutReport | undefined, record: RolloutRecord): Partial<RolloutReport> {
  const { phase, stepIndex, watch, analysis, rollbackReason, reason, endedAtMs, split } = record;
  const atMs = Math.round(analysis?.atMs ?? 0);
  const isNew = analysis !== undefined && known?.analyses.at(-1)?.atMs !== atMs;
  return {
    phase,
    stepIndex,
    bakedMs: watch?.stepIndex === stepIndex ? watch.bakedMs : 0,
    ...(rollbackReason === undefined ? {} : { reason: rollbackReason }),
    ...(reason === undefined ? {} : { why: reason }),
    ...(endedAtMs === undefined || !endedPhases.includes(phase) ? {} : { endedAtMs: Math.round(endedAtMs) }),
    ...(isNew
      ? {
          analyses: [
            ...(known?.analyses ?? []),
            { atMs, stepIndex, weight: split.canary, overall: analysis.overall, verdicts: analysis.verdicts },
          ],
        }
      : {}),
  };
}

function transitionOf({ atMs, what, phase, weight, reason, actor }: HistoryEntry): RolloutReport['transitions'][number] {
  return { atMs: Math.round(atMs), what, phase, weight, reason, ...(actor === undefined ? {} : { actor }) };
}

function withCurrent(state: DemoState, change: (rollout: RolloutReport) => Partial<RolloutReport>): DemoState {
  const { rollouts } = state.report;
  const current = rollouts.at(-1);
  if (current === undefined) return state;
  return { ...state, report: { ...state.report, rollouts: [...rollouts.slice(0, -1), { ...current, ...change(current) }] } };
}
