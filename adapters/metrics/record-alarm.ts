import * as z from 'zod/mini';
import {
  alarmHistoryPage,
  type RecordedAlarm,
  type RecordedAlarmItem,
  readChange,
  type StateValue,
  stateValue,
} from '../../core/backtest/alarm-history.ts';
import { type AskedPages, askPages, type CloudWatchCalls } from './cloudwatch-pages.ts';

export type AlarmRecorded =
  | { readonly ok: true; readonly alarm: RecordedAlarm }
  /** `isMissing`: CloudWatch knows no alarm of that name. */
  | { readonly ok: false; readonly why: string; readonly isMissing?: true };

/**
 * For how long CloudWatch keeps the history of an alarm.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export const alarmsKeptForSeconds = 30 * 86_400;

/** Of a hundred changes each. */
const mostPages = 50;

const alarmsPage = z.object({
  MetricAlarms: z._default(z.array(z.object({ StateValue: stateValue })), []),
  CompositeAlarms: z._default(z.array(z.object({ StateValue: stateValue })), []),
  NextToken: z.nullish(z.string()),
});

/** Without them CloudWatch tells of metric alarms only. */
const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'];

/**
 * The states of an alarm over a time. One that has not changed has the state that its next change was from; and where it has not changed since, the one that it
 * has now. Who asks needs cloudwatch:DescribeAlarmHistory and cloudwatch:DescribeAlarms, for all alarms.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 *
 * @param onPage Called when a page was answered.
 */
export async function recordAlarm(
  calls: CloudWatchCalls,
  name: string,
  { startMs, endMs, onPage }: { readonly startMs: number; readonly endMs: number; readonly onPage: () => void },
): Promise<AlarmRecorded> {
  const history = (range: object, most: number) => {
    const input = { AlarmName: name, AlarmTypes, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending', ...range };
    return askPages<z.infer<typeof alarmHistoryPage>>(calls, 'DescribeAlarmHistory', input, { shape: alarmHistoryPage, most, onPage });
  };
  const within = await history({ StartDate: startMs / 1000, EndDate: endMs / 1000, MaxRecords: 100 }, mostPages);
  if (!within.ok) return within;
  if (!within.isWhole) return { ok: false, why: `${name} changed its state more than ${mostPages * 100} times.` };
  const AlarmHistoryItems = itemsOf(within);
  if (AlarmHistoryItems.length > 0) return { ok: true, alarm: { AlarmHistoryItems } };
  const since = await history({ StartDate: endMs / 1000, MaxRecords: 1 }, 1);
  if (!since.ok) return since;
  const [next] = itemsOf(since);
  const before =
    next === undefined ? await stateNow(calls, name, onPage) : { ok: true as const, state: readChange(next)?.before.StateValue };
  if (!before.ok) return before;
  if (before.state === undefined) return { ok: false, why: `What CloudWatch answers of ${name} has a shape that is not known.` };
  return { ok: true, alarm: { AlarmHistoryItems, StateValue: before.state } };
}

function itemsOf({ pages }: Extract<AskedPages<z.infer<typeof alarmHistoryPage>>, { readonly ok: true }>): RecordedAlarmItem[] {
  return pages.flatMap((page) => page.AlarmHistoryItems);
}

async function stateNow(
  calls: CloudWatchCalls,
  name: string,
  onPage: () => void,
): Promise<{ readonly ok: true; readonly state: StateValue } | Extract<AlarmRecorded, { readonly ok: false }>> {
  const input = { AlarmNames: [name], AlarmTypes };
  const asked = await askPages<z.infer<typeof alarmsPage>>(calls, 'DescribeAlarms', input, { shape: alarmsPage, most: 1, onPage });
  if (!asked.ok) return asked;
  const [only] = asked.pages.flatMap(({ MetricAlarms, CompositeAlarms }) => [...MetricAlarms, ...CompositeAlarms]);
  if (only === undefined) return { ok: false, isMissing: true, why: `CloudWatch has no alarm named ${name}.` };
  return { ok: true, state: only.StateValue };
}
