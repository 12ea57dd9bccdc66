import type { AwsJsonApi } from '../../adapters/aws/json-api.ts';
import type { StateValue } from '../../core/backtest/alarm-history.ts';

/** An alarm whose state changed at those moments; its first state is OK. */
export type AlarmOverTime = readonly { readonly atMs: number; readonly to: StateValue; readonly reason?: string }[];

interface HistoryInput {
  readonly AlarmName: string;
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly MaxRecords?: number;
  readonly ScanBy?: string;
  readonly NextToken?: string;
}

/** CloudWatch that knows alarms too, and tells of their changes a hundred a page at most, the newest first where nothing else is asked for. */
export function withAlarms(call: AwsJsonApi, alarms: Readonly<Record<string, AlarmOverTime>>): AwsJsonApi {
  return async (operation, input) => {
    if (operation === 'DescribeAlarmHistory') return { status: 'ok', output: historyOf(alarms, input as unknown as HistoryInput) };
    if (operation !== 'DescribeAlarms') return call(operation, input);
    const MetricAlarms = (input['AlarmNames'] as string[]).flatMap((name) => {
      const changes = alarms[name];
      return changes === undefined ? [] : [{ AlarmName: name, StateValue: changes.at(-1)?.to ?? 'OK' }];
    });
    return { status: 'ok', output: { MetricAlarms } };
  };
}

function historyOf(alarms: Readonly<Record<string, AlarmOverTime>>, input: HistoryInput) {
  const { AlarmName, StartDate = 0, EndDate = Number.POSITIVE_INFINITY, MaxRecords = 100, NextToken = '0' } = input;
  const changes = alarms[AlarmName] ?? [];
  const items = changes.map(({ atMs, to, reason = `it is ${to}` }, index) => ({
    AlarmName,
    Timestamp: atMs / 1000,
    HistoryItemType: 'StateUpdate',
    HistoryData: JSON.stringify({
      version: '1.0',
      oldState: { stateValue: changes[index - 1]?.to ?? 'OK', stateReason: 'as before' },
      newState: { stateValue: to, stateReason: reason },
    }),
  }));
  const within = items.filter(({ Timestamp }) => Timestamp >= StartDate && Timestamp <= EndDate);
  if (input.ScanBy !== 'TimestampAscending') within.reverse();
  const start = Number(NextToken);
  const more = start + MaxRecords < within.length ? { NextToken: `${start + MaxRecords}` } : {};
  return { AlarmHistoryItems: within.slice(start, start + MaxRecords), ...more };
}
