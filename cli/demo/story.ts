import type { VerdictKind } from '../../core/analysis/verdict.ts';
import type { HistoryEntry, RolloutRecord } from '../../core/rollout/record.ts';
import type { Observed } from './observed.ts';
import type { RolloutReport, StoryLine, Tone } from './report.ts';
import { currentRollout, type DemoState } from './state.ts';

export const toneOf: Record<VerdictKind, Tone> = { pass: 'good', fail: 'bad', inconclusive: 'doubtful', unavailable: 'doubtful' };

/** What is told of one event, in the light of what was known before it: changes only, one line each. */
export function linesOf(before: DemoState, event: Observed): StoryLine[] {
  const rollout = currentRollout(before.report);
  return told(before, rollout, event).map(([tone, text]) => ({ atMs: event.atMs, tone, text }));
}

function told(before: DemoState, rollout: RolloutReport | undefined, event: Observed): [Tone, string][] {
  switch (event.kind) {
    case 'ready':
      return [['quiet', `The sandbox is up. All traffic is on ${before.report.stable}.`]];
    case 'answer':
      return rollout !== undefined && event.failed && rollout.tag === event.version && rollout.firstBadAnswerAtMs === undefined
        ? [['bad', `${rollout.tag} gives its first bad answer.`]]
        : [];
    case 'weight':
      return weightLines(rollout, event.canary);
    case 'record':
      return verdictLines(rollout, event.record);
    case 'history':
      return historyLines(rollout, event.entry);
    case 'alarm':
      return rollout === undefined
        ? []
        : [[event.state === 'alarm' ? 'bad' : 'quiet', `${event.name} goes to ${alarmWords[event.state]}: ${event.reason}`]];
    case 'quarantined':
      return [['bad', `${rollout?.tag ?? 'The image'} is quarantined: it is not rolled out again unless somebody forces it.`]];
    case 'ended':
      return event.differences.length === 0
        ? [['good', 'The outcome is as the scenario states.']]
        : event.differences.map((difference) => ['bad', `Not as the scenario states: ${difference}`]);
    case 'canaryRequest':
    case 'second':
      return [];
  }
}

/** The claim of the routes at the start, and the end of a promotion, are told by the history. */
function weightLines(rollout: RolloutReport | undefined, canary: number): [Tone, string][] {
  const last = rollout?.weights.at(-1)?.canary;
  if (rollout === undefined || last === undefined || last === canary || rollout.phase === 'promoting') return [];
  return [['quiet', `The route gives ${rollout.tag} weight ${canary} of ${rollout.totalWeight}.`]];
}

const alarmWords = { ok: 'OK', alarm: 'ALARM', insufficientData: 'INSUFFICIENT_DATA' } as const;

/** A verdict is told when it is another than the last one of its name in this rollout. */
function verdictLines(rollout: RolloutReport | undefined, { rolloutId, analysis }: RolloutRecord): [Tone, string][] {
  const last = rollout?.rolloutId === rolloutId ? rollout.analyses.at(-1) : undefined;
  if (analysis === undefined || Math.round(analysis.atMs) === last?.atMs) return [];
  return analysis.verdicts
    .filter(({ name, verdict }) => last?.verdicts.find((other) => other.name === name)?.verdict !== verdict)
    .map(({ verdict, reason }) => [toneOf[verdict], `${verdict}: ${reason}`]);
}

function historyLines(rollout: RolloutReport | undefined, { what, reason }: HistoryEntry): [Tone, string][] {
  const tag = rollout?.tag ?? 'The new version';
  switch (what) {
    case 'begun':
      return [['quiet', `${tag} was pushed, and its rollout begins.`]];
    case 'advanced':
      return [['quiet', `On to the next step. ${reason}`]];
    case 'promoting':
      return [['good', `Promotion begins. ${reason}`]];
    case 'succeeded':
      return [['good', `${tag} is promoted: it is stable now.`]];
    case 'rollingBack':
      // The alarm's own words were told when it fired.
      return [['bad', `Rollback, reason ${rollout?.reason ?? 'unknown'}.${rollout?.alarmAtMs === undefined ? ` ${reason}` : ''}`]];
    case 'rolledBack':
      return [['good', 'Rolled back: stable has all the traffic, and the canary is removed.']];
    case 'failed':
      return [['bad', `The rollback could not be verified. ${reason}`]];
    case 'weightSet':
      return [];
    default:
      return [['quiet', reason]];
  }
}
