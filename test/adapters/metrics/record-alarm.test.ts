import { describe, expect, it } from 'vitest';
import { recordAlarm } from '../../../adapters/metrics/record-alarm.ts';
import { alarmChanges } from '../../../core/backtest/alarm-history.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type AlarmOverTime, withAlarms } from '../../backtest/alarm-history-api.ts';
import { failure, type Scripted, scriptedCloudWatch } from './scripted-cloudwatch.ts';

const startMs = Date.UTC(2026, 10, 20, 10);
const endMs = startMs + 3_600_000;
const minute = (count: number) => startMs + count * 60_000;
const range = { startMs, endMs, onPage: () => undefined };

function recorded(changes: AlarmOverTime) {
  const call = withAlarms(async (operation) => failure(operation), { errors: changes });
  return recordAlarm({ call, clock: new VirtualClock(), attempts: 1 }, 'errors', range);
}
const statesOf = async (changes: AlarmOverTime) => {
  const answer = await recorded(changes);
  if (!answer.ok) throw new Error(answer.why);
  return alarmChanges(answer.alarm)?.map(({ atMs, state }) => [(atMs - startMs) / 60_000, state]);
};

describe('the states of an alarm over a time', () => {
  it('are its changes, and what the first of them was from', async () => {
    const changes: AlarmOverTime = [
      { atMs: minute(-20), to: 'INSUFFICIENT_DATA' },
      { atMs: minute(10), to: 'ALARM' },
      { atMs: minute(20), to: 'OK' },
      { atMs: minute(90), to: 'ALARM' },
    ];
    expect(await statesOf(changes)).toEqual([
      [Number.NEGATIVE_INFINITY, 'insufficientData'],
      [10, 'alarm'],
      [20, 'ok'],
    ]);
  });

  it('are one where it did not change: what the next change was from', async () => {
    const changes: AlarmOverTime = [
      { atMs: minute(-20), to: 'ALARM' },
      { atMs: minute(90), to: 'OK' },
    ];
    expect(await statesOf(changes)).toEqual([[Number.NEGATIVE_INFINITY, 'alarm']]);
  });

  it('are the present one where it has not changed since', async () => {
    expect(await statesOf([{ atMs: minute(-20), to: 'ALARM' }])).toEqual([[Number.NEGATIVE_INFINITY, 'alarm']]);
    expect(await statesOf([])).toEqual([[Number.NEGATIVE_INFINITY, 'ok']]);
  });

  it('are read over pages', async () => {
    const changes = Array.from({ length: 250 }, (_, index) => ({
      atMs: startMs + index * 10_000,
      to: index % 2 ? ('OK' as const) : ('ALARM' as const),
    }));
    expect((await statesOf(changes))?.length).toBe(251);
  });

  it('are what the very next change was from, where more of them followed', async () => {
    const changes: AlarmOverTime = [
      { atMs: minute(-20), to: 'ALARM' },
      { atMs: minute(90), to: 'INSUFFICIENT_DATA' },
      { atMs: minute(95), to: 'OK' },
    ];
    expect(await statesOf(changes)).toEqual([[Number.NEGATIVE_INFINITY, 'alarm']]);
  });

  it('are asked for of composite alarms too, of which CloudWatch tells nothing otherwise', async () => {
    const { calls, call, clock } = scriptedCloudWatch({}, {}, { CompositeAlarms: [{ StateValue: 'OK' }] });
    expect((await recordAlarm({ call, clock, attempts: 1 }, 'errors', range)).ok).toBe(true);
    expect(calls.map(({ operation, input }) => [operation, input['AlarmTypes']])).toEqual(
      ['DescribeAlarmHistory', 'DescribeAlarmHistory', 'DescribeAlarms'].map((each) => [each, ['MetricAlarm', 'CompositeAlarm']]),
    );
  });

  it('are not there where CloudWatch has no such alarm', async () => {
    const call = withAlarms(async (operation) => failure(operation), {});
    const answer = await recordAlarm({ call, clock: new VirtualClock(), attempts: 1 }, 'errors', range);
    expect(answer).toEqual({ ok: false, isMissing: true, why: 'CloudWatch has no alarm named errors.' });
  });

  it.each<[string, Scripted[], string]>([
    ['lets nobody in', [failure('AccessDeniedException')], 'Who asks needs cloudwatch:DescribeAlarmHistory.'],
    ['says something else of its history', [{ AlarmHistoryItems: 5 }], 'a shape that is not known'],
    [
      'says something else of the next change',
      [{ AlarmHistoryItems: [] }, { AlarmHistoryItems: [{ Timestamp: 5, HistoryData: '{}' }] }],
      'a shape that is not known',
    ],
    [
      'does not tell its present state',
      [{ AlarmHistoryItems: [] }, { AlarmHistoryItems: [] }, failure('InternalFailure')],
      'did not answer DescribeAlarms',
    ],
    ['never comes to an end', [{ AlarmHistoryItems: [], NextToken: 'again' }], 'more than 5000 times'],
  ])('are not there where CloudWatch %s', async (_, script, why) => {
    const { call, clock } = scriptedCloudWatch(...script);
    expect(await recordAlarm({ call, clock, attempts: 1 }, 'errors', range)).toMatchObject({
      ok: false,
      why: expect.stringContaining(why),
    });
  });
});
