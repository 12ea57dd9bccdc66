import { describe, expect, it } from 'vitest';
import type { Replay } from '../../../core/backtest/replay.ts';
import { recordingOf, repeat, usual } from '../../backtest/query-recording.ts';
import { replayOf } from '../../backtest/record-for-tests.ts';
import { startMs } from '../rollout/rollout-for-tests.ts';

const secondsOf = ({ end }: Replay) => (end.atMs - startMs) / 1000;

describe('a replay by a query', () => {
  it('is promoted when every step has baked: pauses are taken for resumed at once', () => {
    const replayed = replayOf(recordingOf(repeat(80, '0.001')), usual());
    expect([replayed.end.outcome, secondsOf(replayed)]).toEqual(['promoted', 60 + 120 + 300]);
    expect(replayed.looks.filter(({ paused }) => paused !== undefined)).toMatchObject([
      { stepIndex: 1, action: 'advance', paused: 'Waits for a person, at most 10m.' },
    ]);
    expect(replayed.notes).toContain('Pauses were taken for resumed at once.');
  });

  it('is rolled back at the second bad value in a row, with the reason of the judge', () => {
    const replayed = replayOf(recordingOf([...repeat(10, '0.001'), '0.5', '0.001', '0.5', '0.7', ...repeat(60, '0.001')]), usual());
    expect(replayed.end).toEqual({
      outcome: 'rolledBack',
      atMs: startMs + 130_000,
      reason: 'analysis',
      why: 'error rate is 0.7, above 0.01 (2 of 2 in a row, 3 of 5 in all).',
    });
    expect(replayed.looks.at(-1)).toMatchObject({ stepIndex: 1, weight: 50, action: 'abort' });
  });

  it.each([
    ['NaN', repeat(90, 'NaN')],
    ['no points', [...repeat(90, undefined), '0.001']],
    ['an infinite value', repeat(90, '+Inf')],
  ])('takes %s for no data: it is held, and then what the policy says', (_, values) => {
    const replayed = replayOf(recordingOf(values), usual({ policies: { noData: { hold: '2m' } } }), startMs + 890_000);
    expect(replayed.end).toMatchObject({ outcome: 'rolledBack', reason: 'inconclusive', atMs: startMs + 120_000 });
    expect(replayed.looks[0]?.overall).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('error rate has no data'),
    });
  });

  it('takes several series at once for no data', () => {
    const replayed = replayOf(recordingOf(repeat(30, '0.001'), repeat(30, '0.001')), usual());
    expect(replayed.looks[0]?.overall.reason).toContain('2 series');
  });

  it('does not bake through a gap', () => {
    const replayed = replayOf(recordingOf([...repeat(4, '0.001'), ...repeat(12, undefined), ...repeat(80, '0.001')]), usual());
    expect(replayed.looks.find(({ action }) => action === 'advance')?.atMs).toBe(startMs + 180_000);
  });

  it('goes on being held where a pause would wait for a person, who is taken to resume it', () => {
    const policies = { noData: { hold: '1m', onDeadline: 'pause' } } as const;
    const replayed = replayOf(recordingOf([...repeat(90, undefined), '0.001']), usual({ policies }), startMs + 300_000);
    expect(replayed.end.outcome).toBe('undecided');
    expect(replayed.looks.flatMap(({ atMs, paused }) => (paused === undefined ? [] : [(atMs - startMs) / 1000]))).toEqual([
      60, 130, 200, 270,
    ]);
  });

  it('advances without evidence where the policy says so', () => {
    const policies = { noData: { hold: '1m', onDeadline: 'advance' } } as const;
    const replayed = replayOf(recordingOf([...repeat(90, undefined), '0.001']), usual({ policies }));
    expect([replayed.end.outcome, secondsOf(replayed)]).toEqual(['promoted', 180]);
  });

  it('ends undecided where the recording ends before', () => {
    const replayed = replayOf(recordingOf(repeat(20, '0.001')), usual());
    expect(replayed.end).toMatchObject({ outcome: 'undecided', atMs: startMs + 190_000 });
    expect(replayed.events.at(-1)?.what).toBe('ends');
  });

  it('ends at the deadline of the rollout', () => {
    const replayed = replayOf(recordingOf(repeat(80, '0.001')), usual({ deadlines: { rollout: '5m' } }));
    expect(replayed.end).toMatchObject({ outcome: 'rolledBack', reason: 'timeout', atMs: startMs + 300_000 });
  });

  it('tells of a step where it begins, what is bad at once, and where it ends', () => {
    const { events } = replayOf(recordingOf([...repeat(9, '0.001'), '0.5', ...repeat(70, '0.001')]), usual());
    expect(events.map(({ what, stepIndex }) => `${what} ${stepIndex}`)).toEqual([
      'begins 0',
      'advances 0',
      'begins 1',
      'holds 1',
      'passes 1',
      'pauses 1',
      'advances 1',
      'begins 2',
      'promoted 2',
    ]);
  });

  it('bakes a step at which nothing is asked yet, as a rollout does whose pods are ready', () => {
    const late = { name: 'error rate', query: 'errors', max: 0.01, startingStep: 2 };
    const analysis = { interval: '10s', prometheus: { url: 'http://prometheus.example.com' }, metrics: [late] };
    const replayed = replayOf(recordingOf(repeat(80, '0.001')), usual({ analysis }));
    expect(replayed.looks.find(({ action }) => action === 'advance')).toMatchObject({ atMs: startMs + 60_000, verdicts: [] });
    expect(replayed.end.outcome).toBe('promoted');
  });

  it('says what it leaves out', () => {
    expect(replayOf(recordingOf(repeat(20, '0.001')), usual()).notes[0]).toMatch(
      /^Left out: alarms \(checkout-errors\), alerts \(CheckoutSlow\), the canary's pods/,
    );
  });
});
