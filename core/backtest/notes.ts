import { showShare } from '../analysis/proportion/show.ts';
import { pastOfStable } from '../rollout/answer-look.ts';
import { formatDuration } from '../spec/duration.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { Backtest } from './backtest.ts';
import type { Recording } from './read-recording.ts';
import { isReplayed } from './recording.ts';

/** What stands between a replay and what would have happened, as sentences: only what is true of this one. */
export function notesOf(spec: RolloutSpec, recording: Recording, of: Omit<Backtest, 'notes'>): string[] {
  return [...splitNotes(of), ...leftOutNotes(spec, of), ...recordingNotes(recording, of), ...recording.notes];
}

function splitNotes({ plan, looks, comparisons, requestShare }: Omit<Backtest, 'notes'>): string[] {
  if (comparisons.length === 0) return [];
  const weights = plan.steps.map(({ weight }) => showShare(weight / plan.totalWeight)).join(', ');
  const recorded = requestShare === undefined ? 'no requests' : `${showShare(requestShare)} of the requests`;
  const atFull = looks.find((look) => look.weight === plan.totalWeight && Object.values(look.counted).some(({ stable }) => stable.all > 0));
  return [
    `The recorded traffic stays as it was: the canary got ${recorded}, whatever the weights of the steps (${weights}). Where it got more than a step gives ` +
      'it, evidence came sooner than it would have, and where less, later.',
    ...(atFull === undefined
      ? []
      : ['At full weight nothing answers beside a canary, and it is compared with what stable did before; here stable still answered.']),
    ...(plan.steps.some(({ mirrorWeight }) => mirrorWeight !== undefined)
      ? ["Steps that mirror were judged by the canary's recorded answers, copies or not."]
      : []),
  ];
}

function leftOutNotes({ analysis: { alarms, alerts, metrics } }: RolloutSpec, { looks }: Omit<Backtest, 'notes'>): string[] {
  const unreplayed = metrics.filter((of) => !isReplayed(of)).map(({ name }) => name);
  const named = [
    ...(unreplayed.length === 0 ? [] : [`metrics that are no query and no comparison of answers (${unreplayed.join(', ')})`]),
    ...(alarms.length === 0 ? [] : [`alarms (${alarms.join(', ')})`]),
    ...(alerts.length === 0 ? [] : [`alerts (${alerts.join(', ')})`]),
  ];
  const others = "the canary's pods, edits of others, and whether the routes give the canary its weight";
  return [
    `Left out: ${[...named, others].join(', ')}.`,
    ...(looks.some(({ paused }) => paused !== undefined) ? ['Pauses were taken for resumed at once.'] : []),
  ];
}

/** So much of stable's noise is learnt from before a rollout. */
const pastMs = pastOfStable.count * pastOfStable.everySeconds * 1000;

function recordingNotes({ stepMs, firstMs }: Recording, { fromMs, intervalSeconds, comparisons }: Omit<Backtest, 'notes'>): string[] {
  const recordedMs = fromMs - firstMs;
  const before = recordedMs === 0 ? 'nothing' : `only ${formatDuration(recordedMs / 1000)}`;
  return [
    ...(comparisons.length > 0 && recordedMs < pastMs
      ? [
          `Of the half hour before, which tells how stable's bad answers come, ${before} was recorded: a version that is worse may be judged later than it would have been.`,
        ]
      : []),
    ...(stepMs > intervalSeconds * 1000
      ? [
          `Points are ${formatDuration(stepMs / 1000)} apart, and looks ${formatDuration(intervalSeconds)}: looks between two points see no change.`,
        ]
      : []),
  ];
}
