import { describe, expect, it } from 'vitest';
import type { Replay } from '../../../core/backtest/replay.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { loadBalancer, writtenMetrics } from '../../backtest/load-balancer.ts';
import { comparingSpec, recordFor, replayOf } from '../../backtest/record-for-tests.ts';
import { type SimulatedService, scrapedService } from '../../backtest/simulated-service.ts';
import { spec, startMs } from '../rollout/rollout-for-tests.ts';

/** What a query answered every ten seconds from the start of the rollout on: a text, or nothing. */
function recordingOf(values: readonly (string | undefined)[], second: readonly string[] = []) {
  const pointsOf = (all: readonly (string | undefined)[]) =>
    all.flatMap((text, index) => (text === undefined ? [] : [[startMs / 1000 + index * 10, text] as const]));
  const result = [
    { metric: { pod: 'a' }, values: pointsOf(values) },
    ...(second.length === 0 ? [] : [{ metric: { pod: 'b' }, values: pointsOf(second) }]),
  ];
  return {
    version: 1,
    stepSeconds: 10,
    from: new Date(startMs).toISOString(),
    metrics: { 'error rate': { status: 'success', data: { resultType: 'matrix', result } } },
  };
}
const repeat = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
const secondsOf = ({ end }: Replay) => (end.atMs - startMs) / 1000;

/** One step of a minute at 10, one of two minutes at 50 with a pause, one of five at full weight; `error rate` is at most 0.01. */
const usual = (change: Partial<RolloutSpecSource> = {}) => spec(change);

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

const forSeconds = 900;
const service: SimulatedService = {
  seed: 3,
  fromMs: startMs,
  pastSeconds: 2_100,
  forSeconds,
  requestsPerSecond: 50,
  canaryPart: 0.2,
  failing: (side, at) => (side === 'canary' && at >= 300 ? 0.1 : 0.01),
};

describe('a replay of comparisons with stable', () => {
  const compared = comparingSpec();

  it('rolls back soon after the canary turned bad, and reckons what it cost until then and in all', async () => {
    const replayed = replayOf(await recordFor(compared, scrapedService(service), forSeconds), compared);
    expect(replayed.end).toMatchObject({ outcome: 'rolledBack', reason: 'analysis' });
    expect(secondsOf(replayed)).toBeGreaterThan(300);
    expect(secondsOf(replayed)).toBeLessThan(360);
    const [successRate] = replayed.comparisons;
    // 10 requests a second of which 9 points more fail: for up to a minute, and for ten.
    expect(successRate?.untilDecided.aboveBaseline).toBeLessThan(70);
    expect(successRate?.inAll.aboveBaseline).toBeGreaterThan(470);
    expect(successRate?.inAll.aboveBaseline).toBeLessThan(610);
  });

  it('promotes a canary that is as good as stable, and says that its share of requests was not that of the weights', async () => {
    const healthy = scrapedService({ ...service, failing: () => 0.01 });
    const replayed = replayOf(await recordFor(compared, healthy, forSeconds), compared);
    expect(replayed.end.outcome).toBe('promoted');
    expect(replayed.requestShare).toBeCloseTo(0.2, 1);
    expect(replayed.notes[0]).toMatch(
      /the canary got (19|20|21)[.\d]* % of the requests, whatever the weights of the steps \(10 %, 50 %, 100 %\)/,
    );
    expect(replayed.notes.join(' ')).toContain('At full weight nothing answers beside a canary');
  });

  it('says where nothing was recorded before, from which stable’s noise is learnt', async () => {
    const file = await recordFor(compared, scrapedService({ ...service, pastSeconds: 0 }), forSeconds);
    expect(replayOf(file, compared).notes.join(' ')).toContain('Of the half hour before, which tells how stable');
  });

  it('says so too where CloudWatch was recorded from earlier on, which tells nothing of that', async () => {
    const metrics = ['successRate' as const, { loadBalancer, measure: 'requests' as const, min: 1 }];
    const both = comparingSpec({}, { metrics });
    const written = writtenMetrics({
      ...{ seed: 4, fromMs: startMs, pastSeconds: 2_100, forSeconds, requestsPerSecond: () => 30 },
      ...{ failing: () => 0, latencySeconds: () => 0.1 },
    });
    const file = await recordFor(both, scrapedService({ ...service, pastSeconds: 0 }), forSeconds, written);
    expect(replayOf(file, both).notes.join(' ')).toContain("which tells how stable's bad answers come, nothing was recorded");
  });

  it('takes a gap in everything for no data, and counts what came meanwhile after it', async () => {
    const file = await recordFor(compared, scrapedService({ ...service, failing: () => 0.01 }), forSeconds);
    const gap = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (key, each) =>
        key === 'values' ? each.filter(([seconds]: [number]) => seconds < startMs / 1000 + 100 || seconds > startMs / 1000 + 160) : each,
      );
    const [whole, broken] = [replayOf(file, compared), replayOf(gap(file), compared)];
    const inGap = broken.looks.find(({ atMs }) => atMs === startMs + 130_000);
    expect(inGap?.overall).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('nothing was recorded at that time') });
    expect(broken.comparisons.map(({ inAll }) => inAll)).toEqual(whole.comparisons.map(({ inAll }) => inAll));
  });

  it('takes counters for scraped at each point where that was not recorded', async () => {
    const file = await recordFor(compared, scrapedService(service), forSeconds);
    const without = JSON.parse(JSON.stringify(file), (key, each) => (key === 'scraped' ? undefined : each));
    expect(replayOf(without, compared).end).toEqual(replayOf(file, compared).end);
  });
});
