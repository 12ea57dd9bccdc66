import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JudgedDatapoint, judgeDatapoint } from '../../../core/analysis/judge-datapoint.ts';
import { emptyTally, judgeMetric, type MetricTally } from '../../../core/analysis/judge-metric.ts';
import type { Datapoint } from '../../../core/metric-ports.ts';

const spec = { name: 'failed', max: 1, failures: { consecutive: 2, total: 3 } };
const minuteMs = 60_000;
const startMs = Date.parse('2026-01-05T03:00:00Z');
/** The datapoint of the nth minute since the step began. */
const point = (minute: number, value: number): Datapoint => {
  const fromMs = startMs + minute * minuteMs;
  return { status: 'value', value, fromMs, untilMs: fromMs + minuteMs };
};

/** The verdicts on datapoints as one look after the other sees them. */
function judgeAll(points: readonly Datapoint[], stepSinceMs = startMs, earlier: { tally?: MetricTally; judged?: JudgedDatapoint } = {}) {
  let { tally = emptyTally, judged }: { tally?: MetricTally; judged?: JudgedDatapoint | undefined } = earlier;
  const verdicts = points.map((datapoint) => {
    const judgement = judgeDatapoint(spec, datapoint, { tally, judged, stepSinceMs });
    ({ tally, judged } = judgement);
    return judgement.verdict;
  });
  return { verdicts, kinds: verdicts.map(({ verdict }) => verdict), tally, judged };
}

describe('a datapoint', () => {
  it('counts once, however often it is seen', () => {
    const { kinds, tally } = judgeAll([point(0, 2), point(0, 2), point(0, 2), point(0, 2), point(1, 2)]);
    expect(kinds).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive', 'fail']);
    expect(tally).toMatchObject({ consecutiveFailures: 2, totalFailures: 2 });
  });

  it('counts as what it is in the end, where CloudWatch completes it late', () => {
    expect(judgeAll([point(0, 2), point(0, 0.5)]).tally).toEqual(emptyTally);
    expect(judgeAll([point(0, 0.5), point(0, 2), point(0, 3)]).tally).toMatchObject({ consecutiveFailures: 1, totalFailures: 1 });
    expect(judgeAll([point(0, 2), point(1, 0.5), point(1, 2)]).kinds).toEqual(['inconclusive', 'pass', 'fail']);
  });

  it('that began before the canary had its first weight says nothing', () => {
    const { verdicts, tally, judged } = judgeAll([point(-1, 9)]);
    expect(verdicts[0]).toEqual({
      name: 'failed',
      verdict: 'inconclusive',
      reason:
        'failed has no data: its newest datapoint is of the 1m from 02:59:00 UTC, and the canary has its weight only since 03:00:00 UTC.',
    });
    expect([tally, judged]).toEqual([emptyTally, undefined]);
  });

  it('of the step before is a failure like any other, but no pass', () => {
    const first = judgeAll([point(0, 0.5)]);
    const later = { tally: first.tally, ...(first.judged === undefined ? {} : { judged: first.judged }) };
    const secondStepMs = startMs + 2.5 * minuteMs;
    const { verdicts, kinds } = judgeAll([point(1, 0.5), point(2, 2), point(3, 0.5)], secondStepMs, later);
    expect(kinds).toEqual(['inconclusive', 'inconclusive', 'pass']);
    expect(verdicts[0]?.reason).toBe('failed is 0.5, at most 1 in the 1m from 03:01:00 UTC, before this step.');
    expect(judgeAll([point(1, 2), point(2, 2)], secondStepMs, later).kinds.at(-1)).toBe('fail');
  });

  it('that is older than one that was judged says nothing', () => {
    const { kinds, tally } = judgeAll([point(2, 2), point(1, 2), point(2, 2)]);
    expect(kinds).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    expect(tally).toMatchObject({ totalFailures: 1 });
  });

  it('counts with its own time against a limit in time', () => {
    const limited = { name: 'failed', max: 1, failures: { forSeconds: 120 } };
    const seen = [point(0, 2), point(0, 2), point(1, 2), point(1, 2), point(2, 2)];
    let { tally, judged }: { tally: MetricTally; judged?: JudgedDatapoint | undefined } = { tally: emptyTally };
    const kinds = seen.map((datapoint) => {
      const judgement = judgeDatapoint(limited, datapoint, { tally, judged, stepSinceMs: startMs });
      ({ tally, judged } = judgement);
      return judgement.verdict.verdict;
    });
    expect(kinds).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive', 'fail']);
  });

  it('that is not there leaves the counts as they are', () => {
    const noData: Datapoint = { status: 'noData', why: 'there were 0 requests in the newest period.' };
    const down: Datapoint = { status: 'unavailable', why: 'CloudWatch did not answer.' };
    const { kinds, tally } = judgeAll([point(0, 2), noData, down, point(0, 2)]);
    expect(kinds).toEqual(['inconclusive', 'inconclusive', 'unavailable', 'inconclusive']);
    expect(tally).toMatchObject({ consecutiveFailures: 1, totalFailures: 1 });
  });

  it('is counted as if each had been seen once, whatever is seen how often', () => {
    const minutes = fc.array(fc.record({ value: fc.constantFrom(0, 2), times: fc.integer({ min: 1, max: 5 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(minutes, (all) => {
        const seen = all.flatMap(({ value, times }, minute) => Array.from({ length: times }, () => point(minute, value)));
        let once = emptyTally;
        for (const [minute, { value }] of all.entries()) {
          const atMs = startMs + (minute + 1) * minuteMs;
          once = judgeMetric(spec, { name: spec.name, atMs, status: 'value', value }, once).tally;
        }
        expect(judgeAll(seen).tally).toEqual(once);
      }),
    );
  });
});
