import * as z from 'zod/mini';
import { awsTime } from '../analysis/aws-time.ts';
import type { AlarmReading, AlarmState } from '../metric-ports.ts';
import { shorten } from '../shorten.ts';
import { countBy, type Points } from './points.ts';

/** As CloudWatch writes the state of an alarm. */
export const stateValue = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
export type StateValue = z.infer<typeof stateValue>;

const states: Readonly<Record<StateValue, AlarmState>> = { OK: 'ok', ALARM: 'alarm', INSUFFICIENT_DATA: 'insufficientData' };

/** One page of what DescribeAlarmHistory answers about changes of state. */
export const alarmHistoryPage = z.object({
  AlarmHistoryItems: z._default(
    z.array(z.object({ Timestamp: awsTime, HistoryItemType: z.nullish(z.string()), HistoryData: z.nullish(z.string()) })),
    [],
  ),
  NextToken: z.nullish(z.string()),
});

/** What is recorded of an alarm: its changes, and where there are none, the state that it had all the time. */
export const recordedAlarm = z.object({
  AlarmHistoryItems: alarmHistoryPage.shape.AlarmHistoryItems,
  StateValue: z.optional(stateValue),
});
export type RecordedAlarm = z.infer<typeof recordedAlarm>;
export type RecordedAlarmItem = RecordedAlarm['AlarmHistoryItems'][number];

/** In which state something is from a moment on. */
export interface AlarmChange {
  /** Negative infinity for the state before the first change. */
  readonly atMs: number;
  readonly state: AlarmState;
  readonly reason: string;
}

const historyData = z.object({
  oldState: z.object({ stateValue, stateReason: z.nullish(z.string()) }),
  newState: z.object({ stateValue, stateReason: z.nullish(z.string()) }),
});

/** It stands in a verdict, which is printed in one line. */
const longestReason = 500;

interface AlarmStateBefore {
  readonly StateValue: StateValue;
  readonly reason: string;
}

/** What a change of state was from and to; undefined where its data has another shape. */
export function readChange({
  Timestamp,
  HistoryData,
}: RecordedAlarmItem): (AlarmChange & { readonly before: AlarmStateBefore }) | undefined {
  const parsed = historyData.safeParse(jsonOf(HistoryData ?? ''));
  if (!parsed.success) return undefined;
  const { oldState, newState } = parsed.data;
  const reasonOf = ({ stateReason }: typeof newState) => shorten(stateReason ?? '', longestReason);
  const before = { StateValue: oldState.stateValue, reason: reasonOf(oldState) };
  return { atMs: Timestamp * 1000, state: states[newState.stateValue], reason: reasonOf(newState), before };
}

/** A history holds what was configured and done too, where nobody asked for the changes of state alone. */
export function isStateUpdate({ HistoryItemType }: RecordedAlarmItem): boolean {
  return (HistoryItemType ?? 'StateUpdate') === 'StateUpdate';
}

/** All states of an alarm, the oldest first; undefined where nobody knows what it was at the beginning, or where an item can't be read. */
export function alarmChanges({ AlarmHistoryItems, StateValue }: RecordedAlarm): AlarmChange[] | undefined {
  const items = AlarmHistoryItems.filter(isStateUpdate).map(readChange);
  const changes = items.flatMap((change) => change ?? []).sort((one, other) => one.atMs - other.atMs);
  const before = changes[0]?.before ?? (StateValue && { StateValue, reason: '' });
  if (before === undefined || changes.length < items.length) return undefined;
  return [
    { atMs: Number.NEGATIVE_INFINITY, state: states[before.StateValue], reason: before.reason },
    ...changes.map(({ atMs, state, reason }) => ({ atMs, state, reason })),
  ];
}

/** The same of an alert, by the series ALERTS of those that fire: it fires where any of them has a point, and until the next one is overdue. */
export function alertChanges(
  series: readonly (Points<unknown> & { readonly metric: Readonly<Record<string, string>> })[],
  stepMs: number,
): AlarmChange[] {
  const points = series
    .flatMap(({ timesMs, metric }) => timesMs.map((atMs) => ({ atMs, metric })))
    .sort((one, other) => one.atMs - other.atMs);
  const changes: AlarmChange[] = [{ atMs: Number.NEGATIVE_INFINITY, state: 'ok', reason: '' }];
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, metric } of points) {
    if (atMs > untilMs) {
      if (changes.length > 1) changes.push({ atMs: untilMs, state: 'ok', reason: '' });
      changes.push({ atMs, state: 'alarm', reason: firingOf(metric) });
    }
    untilMs = Math.max(untilMs, atMs + stepMs);
  }
  return changes.length === 1 ? changes : [...changes, { atMs: untilMs, state: 'ok', reason: '' }];
}

function firingOf({ __name__: _, alertname: __, alertstate: ___, ...labels }: Readonly<Record<string, string>>): string {
  const of = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return shorten(of.length === 0 ? 'Firing.' : `Firing for {${of.join(', ')}}.`, longestReason);
}

export function alarmReadingAt(name: string, changes: readonly AlarmChange[], atMs: number): AlarmReading {
  const change = changes[countBy(changes.length, (index) => changes[index]?.atMs ?? 0, atMs) - 1];
  if (change === undefined) return { name, state: 'unavailable', reason: 'nothing was recorded of it', sinceMs: undefined };
  return { name, state: change.state, reason: change.reason, sinceMs: change.atMs };
}

/** The alarms and alerts that are in alarm at a moment. */
export function firingAt(
  {
    alarms,
    alerts,
  }: { readonly alarms: ReadonlyMap<string, readonly AlarmChange[]>; readonly alerts: ReadonlyMap<string, readonly AlarmChange[]> },
  atMs: number,
): string[] {
  const readings = [...alarms, ...alerts].map(([name, changes]) => alarmReadingAt(name, changes, atMs));
  return readings.filter(({ state }) => state === 'alarm').map(({ name }) => name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
