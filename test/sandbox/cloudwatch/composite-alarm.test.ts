import { describe, expect, it } from 'vitest';
import { alarmStateChangeEvent } from '../../../core/spec/events.ts';
import { alarm, setUp } from './set-up.ts';

describe('a composite alarm', () => {
  function family() {
    const made = setUp();
    for (const alarmName of ['errors', 'maintenance']) made.cloudWatch.putMetricAlarm({ ...alarm, alarmName, treatMissingData: 'ignore' });
    made.cloudWatch.putCompositeAlarm({ alarmName: 'page', alarmRule: 'ALARM("errors") AND NOT ALARM("maintenance")' });
    made.cloudWatch.putCompositeAlarm({ alarmName: 'board', alarmRule: 'ALARM(page) OR ALARM(maintenance)' });
    return made;
  }

  it('is judged when it is made, and whenever a child changes', () => {
    const { cloudWatch, changes } = family();
    cloudWatch.setAlarmState('errors', 'ALARM', '');
    cloudWatch.setAlarmState('maintenance', 'ALARM', '');
    cloudWatch.setAlarmState('maintenance', 'OK', '');
    cloudWatch.stop();
    expect(changes()).toEqual([
      '0 page OK',
      '0 board OK',
      '0 errors ALARM',
      '0 page ALARM',
      '0 board ALARM',
      '0 maintenance ALARM',
      '0 page OK',
      '0 maintenance OK',
      '0 page ALARM',
    ]);
  });

  it('says which child did it, in the form that AWS documents', () => {
    const { cloudWatch, bus } = family();
    cloudWatch.setAlarmState('errors', 'ALARM', '');
    cloudWatch.stop();
    const event = alarmStateChangeEvent.parse(
      bus.puts.find(({ event }) => event.resources[0]?.endsWith(':page') && event !== bus.puts[0]?.event)?.event,
    );
    const child = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors';
    expect(event.detail).toEqual({
      alarmName: 'page',
      configuration: { alarmRule: 'ALARM("errors") AND NOT ALARM("maintenance")' },
      previousState: {
        value: 'OK',
        reason: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:page was created and its alarm rule evaluates to OK',
        reasonData: expect.stringContaining('"triggeringAlarms"'),
        timestamp: '2026-01-05T03:00:00.000+0000',
      },
      state: {
        value: 'ALARM',
        reason: `${child} transitioned to ALARM at Monday 5 January, 2026 03:00:00 UTC`,
        reasonData: JSON.stringify({
          triggeringAlarms: [{ arn: child, state: { value: 'ALARM', timestamp: '2026-01-05T03:00:00.000+0000' } }],
        }),
        timestamp: '2026-01-05T03:00:00.000+0000',
      },
    });
  });

  it('is refused where it names an alarm that is not there, or depends on itself', () => {
    const { cloudWatch } = family();
    cloudWatch.stop();
    expect(() => cloudWatch.putCompositeAlarm({ alarmName: 'x', alarmRule: 'ALARM(nobody)' })).toThrow(/nobody/);
    expect(() => cloudWatch.putCompositeAlarm({ alarmName: 'page', alarmRule: 'ALARM(board)' })).toThrow(/itself/);
  });
});
