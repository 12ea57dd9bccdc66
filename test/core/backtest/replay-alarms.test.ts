import { describe, expect, it } from 'vitest';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { recordingOf, repeat, usual } from '../../backtest/query-recording.ts';
import { replayOf } from '../../backtest/record-for-tests.ts';
import { startMs } from '../rollout/rollout-for-tests.ts';

describe('a replay of alarms and alerts', () => {
  const at = (seconds: number) => startMs / 1000 + seconds;
  const change = (seconds: number, from: string, to: string) => ({
    Timestamp: at(seconds),
    HistoryData: JSON.stringify({ oldState: { stateValue: from }, newState: { stateValue: to, stateReason: '9 errors' } }),
  });
  const errorsOf = (...AlarmHistoryItems: readonly object[]) => ({ alarms: { 'checkout-errors': { AlarmHistoryItems } } });
  const slowFrom = (first: number, last: number) => {
    const values = Array.from({ length: (last - first) / 10 + 1 }, (_, index) => [at(first + index * 10), '1'] as const);
    const result = [{ metric: { __name__: 'ALERTS', alertname: 'CheckoutSlow', alertstate: 'firing', pod: 'a' }, values }];
    return { alerts: { CheckoutSlow: { status: 'success', data: { resultType: 'matrix', result } } } };
  };
  const replayed = (more: object, change: Partial<RolloutSpecSource> = {}) =>
    replayOf({ ...recordingOf(repeat(80, '0.001')), ...more }, usual(change));

  it('is rolled back at the look after an alarm, with its reason', () => {
    const of = replayed(errorsOf(change(133, 'OK', 'ALARM')));
    expect(of.end).toEqual({
      outcome: 'rolledBack',
      atMs: startMs + 140_000,
      reason: 'alarm',
      why: 'checkout-errors is in alarm: 9 errors',
    });
    expect(of.notes[0]).toMatch(/^Left out: alerts \(CheckoutSlow\), the canary's pods/);
    expect(of.notes).toContain("An alarm's event rolls back at once; here an alarm was seen at the next look.");
  });

  it('takes the items of an alarm as the AWS command line prints them: the newest first, and others than changes of state between them', () => {
    const edited = { Timestamp: at(100), HistoryItemType: 'ConfigurationUpdate', HistoryData: '{"type":"Update"}' };
    const of = replayed(
      errorsOf(change(250, 'ALARM', 'OK'), change(133, 'OK', 'ALARM'), edited, change(20, 'ALARM', 'OK'), change(10, 'OK', 'ALARM')),
    );
    expect(of.looks.slice(0, 3).map(({ verdicts }) => verdicts[0]?.verdict)).toEqual(['pass', 'fail']);
    expect(of.end).toMatchObject({ reason: 'alarm', atMs: startMs + 10_000 });
  });

  it('is rolled back by an alert that fires, and not by one that has recovered between two looks', () => {
    expect(replayed(slowFrom(200, 230)).end).toMatchObject({
      reason: 'alarm',
      atMs: startMs + 200_000,
      why: 'CheckoutSlow is in alarm: Firing for {pod="a"}.',
    });
    expect(replayed(slowFrom(-300, -10)).end.outcome).toBe('promoted');
  });

  it('passes over an alarm that fires when it begins, until it has recovered', () => {
    const before = change(50, 'ALARM', 'OK');
    const of = replayed(errorsOf(before));
    expect([of.end.outcome, of.looks[0]?.verdicts[0]?.verdict]).toEqual(['promoted', 'pass']);
    expect(of.notes).toContain('In alarm when it begins, and passed over until it recovers: checkout-errors.');
    expect(replayed(errorsOf(before, change(90, 'OK', 'ALARM'))).end).toMatchObject({ reason: 'alarm', atMs: startMs + 90_000 });
  });

  it('passes over one that began to fire at the very beginning, as the note says: an alert fires since somewhen before its first point', () => {
    const ignoring = { policies: { alarmAtStart: 'ignore' } } as const;
    for (const [more, name] of [
      [slowFrom(0, 50), 'CheckoutSlow'],
      [errorsOf(change(0, 'OK', 'ALARM'), change(50, 'ALARM', 'OK')), 'checkout-errors'],
    ] as const) {
      const of = replayed(more, ignoring);
      expect([of.end.outcome, of.looks[0]?.verdicts[0]?.verdict]).toEqual(['promoted', 'pass']);
      expect(of.notes).toContain(`In alarm when it begins, and passed over until it recovers: ${name}.`);
    }
    expect(replayed(slowFrom(10, 50), ignoring).end).toMatchObject({ reason: 'alarm', atMs: startMs + 10_000 });
  });

  it('leaves out no alarm that was judged, also where the spec names it twice', () => {
    const { metrics } = usual().analysis;
    const twice = { ...usual(), analysis: { ...usual().analysis, metrics, alarms: ['checkout-errors', 'checkout-errors'], alerts: [] } };
    const of = replayOf({ ...recordingOf(repeat(80, '0.001')), ...errorsOf(change(50, 'OK', 'OK')) }, twice);
    expect(of.notes[0]).toMatch(/^Left out: the canary's pods/);
  });

  it('says of an alert that never fires that it may not be there', () => {
    const note = 'Prometheus has no point of these alerts: they did not fire, or no rule has that name (CheckoutSlow).';
    expect(replayed(slowFrom(200, 230)).notes).not.toContain(note);
    const never = { alerts: { CheckoutSlow: { status: 'success', data: { resultType: 'matrix', result: [] } } } };
    expect(replayed(never).notes).toContain(note);
  });

  it('needs no metric and no alert that fires, where it says when it begins and ends', () => {
    const prometheus = { url: 'http://prometheus.example.com' };
    const alone = usual({ analysis: { interval: '10s', prometheus, metrics: [], alerts: ['CheckoutSlow'] } });
    const never = { alerts: { CheckoutSlow: { status: 'success', data: { resultType: 'matrix', result: [] } } } };
    const times = { from: new Date(startMs).toISOString(), to: new Date(startMs + 800_000).toISOString() };
    expect(replayOf({ version: 1, stepSeconds: 10, metrics: {}, ...never, ...times }, alone).end.outcome).toBe('promoted');
  });

  it('is held where an alarm has insufficient data', () => {
    const of = replayed(errorsOf(change(20, 'INSUFFICIENT_DATA', 'OK')));
    expect(of.looks[0]?.overall).toMatchObject({ name: 'checkout-errors', verdict: 'inconclusive' });
    expect(of.looks.find(({ action }) => action === 'advance')?.atMs).toBe(startMs + 70_000);
  });

  it('needs no metric, where it says when it begins and ends', () => {
    const alone = usual({ analysis: { interval: '10s', metrics: [], alarms: ['checkout-errors'] } });
    const file = { version: 1, stepSeconds: 10, metrics: {}, ...errorsOf(change(200, 'OK', 'ALARM')) };
    const times = { from: new Date(startMs).toISOString(), to: new Date(startMs + 800_000).toISOString() };
    expect(replayOf({ ...file, ...times }, alone).end).toMatchObject({ reason: 'alarm', atMs: startMs + 200_000 });
    expect(() => replayOf(file, alone)).toThrow(/^from: nothing, a time such as .*\nto: nothing/);
  });

  it.each<[string, object, string]>([
    ['another alarm', { alarms: { others: { StateValue: 'OK' } } }, 'alarms.checkout-errors: nothing'],
    ['no state', errorsOf(), 'alarms.checkout-errors: something else, changes of its state, or a StateValue'],
    [
      'one change of what',
      errorsOf(change(5, 'OK', 'ALARM'), { Timestamp: at(9), HistoryData: '{}' }),
      'AlarmHistoryItems[1]: something else, HistoryData with',
    ],
    [
      'one change of what, behind what was configured',
      errorsOf(
        { Timestamp: at(1), HistoryItemType: 'ConfigurationUpdate', HistoryData: '{"type":"Update"}' },
        { Timestamp: at(5), HistoryItemType: 'StateUpdate', HistoryData: '{}' },
      ),
      'AlarmHistoryItems[1]: something else, HistoryData with',
    ],
    [
      'no change of its state, but what was configured',
      errorsOf({ Timestamp: at(1), HistoryItemType: 'ConfigurationUpdate', HistoryData: '{"type":"Update"}' }),
      'alarms.checkout-errors: something else, changes of its state',
    ],
    ['changes of what', errorsOf({ Timestamp: at(5), HistoryData: '{}' }), 'AlarmHistoryItems[0]: something else, HistoryData with'],
  ])('is refused for %s', (_, more, why) => {
    expect(() => replayed(more)).toThrow(why);
  });
});
