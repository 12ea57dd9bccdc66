import { readMath } from '../analysis/metric-math.ts';
import { showShare } from '../analysis/proportion/show.ts';
import { pastOfStable } from '../rollout/answer-look.ts';
import { formatDuration } from '../spec/duration.ts';
import { isCloudWatch, type RolloutSpec } from '../spec/rollout-spec.ts';
import { firingAt } from './alarm-history.ts';
import type { Backtest } from './backtest.ts';
import { recordedMetrics } from './look-at.ts';
import type { Recording } from './read-recording.ts';
import { publishedAfterPeriods } from './recorded-datapoint.ts';
import { metricSourceOf } from './recording.ts';

/** What stands between a replay and what would have happened, as sentences: only what is true of this one. */
export function notesOf(spec: RolloutSpec, recording: Recording, of: Omit<Backtest, 'notes'>): string[] {
  return [
    ...splitNotes(of),
    ...leftOutNotes(spec, recording, of),
    ...datapointNotes(spec, recording),
    ...recordingNotes(recording, of),
    ...recording.notes,
  ];
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

function leftOutNotes(spec: RolloutSpec, recording: Recording, { looks, fromMs }: Omit<Backtest, 'notes'>): string[] {
  const firing = firingAt(recording, fromMs);
  const { alarms, alerts, metrics } = spec.analysis;
  const recorded = recordedMetrics(spec, recording);
  const unrecorded = metrics.filter((of) => !recorded.includes(of));
  const [source] = unrecorded.map(metricSourceOf);
  const named = [
    ...(source === undefined
      ? []
      : [`what ${source} is asked, of which nothing was recorded (${unrecorded.map(({ name }) => name).join(', ')})`]),
    ...(alarms.every((name) => recording.alarms.has(name)) ? [] : [`alarms (${alarms.join(', ')})`]),
    ...(alerts.every((name) => recording.alerts.has(name)) ? [] : [`alerts (${alerts.join(', ')})`]),
  ];
  // The state before the first change is all that is known of them.
  const silent = [...recording.alerts].filter(([, changes]) => changes.length === 1).map(([name]) => name);
  const others = "the canary's pods, edits of others, and whether the routes give the canary its weight";
  return [
    `Left out: ${[...named, others].join(', ')}.`,
    ...(firing.length > 0 ? [`In alarm when it begins, and passed over until it recovers: ${firing.join(', ')}.`] : []),
    ...(silent.length > 0
      ? [`Prometheus has no point of these alerts: they did not fire, or no rule has that name (${silent.join(', ')}).`]
      : []),
    ...(recording.alarms.size > 0 ? ["An alarm's event rolls back at once; here an alarm was seen at the next look."] : []),
    ...(looks.some(({ paused }) => paused !== undefined) ? ['Pauses were taken for resumed at once.'] : []),
  ];
}

function datapointNotes(spec: RolloutSpec, recording: Recording): string[] {
  const read = recordedMetrics(spec, recording).filter(isCloudWatch);
  if (read.length === 0) return [];
  const overTime = read.filter(({ asks }) => asks.kind === 'expression' && mayLookBack(asks.expression)).map(({ name }) => name);
  const after = publishedAfterPeriods === 1 ? 'one period' : `${publishedAfterPeriods} periods`;
  return [
    `CloudWatch publishes late, and changes what is new: each datapoint was taken for published ${after} after its end, as it stands now.`,
    ...(overTime.length === 0
      ? []
      : [
          `In a rollout, functions over time, such as RATE, see the last few periods; here they saw all that was recorded (${overTime.join(', ')}).`,
        ]),
  ];
}

/** Functions of CloudWatch's metric math that look at one period at a time; so does FILL, but for the kinds below. */
const ofOnePeriod = new Set(['ABS', 'CEIL', 'EXP', 'FILL', 'FLOOR', 'IF', 'LOG', 'LOG10']);

/** Whether an expression may make its values of more than one period: AVG does of one metric, and does not of several. */
function mayLookBack(expression: string): boolean {
  return readMath(expression).functions.some((each) => !ofOnePeriod.has(each)) || /\b(REPEAT|LINEAR)\b/.test(expression);
}

/** So much of stable's noise is learnt from before a rollout. */
const pastMs = pastOfStable.count * pastOfStable.everySeconds * 1000;

function recordingNotes({ stepMs, compared }: Recording, { fromMs, intervalSeconds, comparisons }: Omit<Backtest, 'notes'>): string[] {
  const ofStable = [...compared.values()].flatMap(({ stable }) => stable.all.flatMap(({ timesMs }) => timesMs[0] ?? []));
  const recordedMs = fromMs - ofStable.reduce((first, each) => Math.min(first, each), fromMs);
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
