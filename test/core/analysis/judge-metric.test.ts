import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTally, judgeMetric, type MetricTally } from '../../../core/analysis/judge-metric.ts';
import type { Measurement } from '../../../core/metric-ports.ts';
import type { ThresholdSpec } from '../../../core/spec/query-spec.ts';

const errorRate: ThresholdSpec = { name: 'error rate', max: 0.01, failures: { consecutive: 2, total: 5 } };
const measured = (value: number): Measurement => ({ name: 'error rate', atMs: 1, status: 'value', value });
const noData: Measurement = { name: 'error rate', atMs: 1, status: 'noData', why: 'no traffic yet.' };
const down: Measurement = { name: 'error rate', atMs: 1, status: 'unavailable', why: 'no answer in time.' };

/** The verdicts on measurements in their order, and what they add up to. */
function judgeAll(measurements: readonly Measurement[], spec = errorRate) {
  let tally = emptyTally;
  const verdicts = measurements.map((measurement) => {
    const judged = judgeMetric(spec, measurement, tally);
    tally = judged.tally;
    return judged.verdict;
  });
  return { verdicts, kinds: verdicts.map(({ verdict }) => verdict), tally };
}

describe('a measurement within its bounds', () => {
  it.each<[string, Partial<ThresholdSpec>, number]>([
    ['at most its max', { max: 0.01 }, 0.01],
    ['of 0', { max: 0.01 }, 0],
    ['at least its min', { min: 0.01 }, 0.01],
    ['between both', { min: 1, max: 3 }, 2],
    ['that is negative', { min: -5, max: -1 }, -2],
  ])('%s passes', (_what, bounds, value) => {
    const { verdicts, tally } = judgeAll([measured(value)], { ...errorRate, ...bounds });
    expect(verdicts).toEqual([{ name: 'error rate', verdict: 'pass', reason: expect.any(String), value }]);
    expect(tally).toEqual(emptyTally);
  });

  it.each<[string, Partial<ThresholdSpec>]>([
    ['error rate is 0.001235, at most 0.01.', { max: 0.01 }],
    ['error rate is 0.001235, between 0 and 0.01.', { min: 0 }],
  ])('says: %s', (reason, bounds) => {
    expect(judgeAll([measured(0.00123456)], { ...errorRate, ...bounds }).verdicts[0]?.reason).toBe(reason);
  });

  it('says so where there is only a min', () => {
    const availability: ThresholdSpec = { name: 'availability', min: 0.99, failures: { consecutive: 2, total: 5 } };
    expect(judgeAll([measured(1)], availability).verdicts[0]?.reason).toBe('availability is 1, at least 0.99.');
    expect(judgeAll([measured(0.5)], availability).verdicts[0]?.reason).toContain('availability is 0.5, below 0.99 (1 of 2 in a row');
  });
});

describe('a measurement out of its bounds', () => {
  it('fails once it has happened often enough in a row, and until then is inconclusive', () => {
    const { kinds, verdicts, tally } = judgeAll([0.02, 0.001, 0.02, 0.03].map(measured));
    expect(kinds).toEqual(['inconclusive', 'pass', 'inconclusive', 'fail']);
    expect(verdicts.at(-1)).toEqual({
      name: 'error rate',
      verdict: 'fail',
      reason: 'error rate is 0.03, above 0.01 (2 of 2 in a row, 3 of 5 in all).',
      value: 0.03,
    });
    expect(tally).toEqual({ consecutiveFailures: 2, totalFailures: 3, failingSinceMs: 1 });
  });

  it('fails once it has happened often enough in all, never in a row', () => {
    const { kinds } = judgeAll([0.02, 0, 0.02, 0, 0.02, 0, 0.02, 0, 0.02].map(measured));
    expect(kinds.filter((kind) => kind !== 'pass')).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive', 'fail']);
    expect(kinds.at(-1)).toBe('fail');
  });

  it('fails at once where one is the limit', () => {
    expect(judgeAll([measured(1)], { ...errorRate, failures: { consecutive: 1, total: 5 } }).kinds).toEqual(['fail']);
    expect(judgeAll([measured(1)], { ...errorRate, failures: { consecutive: 5, total: 1 } }).kinds).toEqual(['fail']);
  });
});

describe('J1, J2: no measurement', () => {
  it('is inconclusive without data, and unavailable without a source, with the reason and no value', () => {
    expect(judgeAll([noData, down]).verdicts).toEqual([
      { name: 'error rate', verdict: 'inconclusive', reason: 'error rate has no data: no traffic yet.' },
      { name: 'error rate', verdict: 'unavailable', reason: 'error rate could not be asked: no answer in time.' },
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('is a value of %d: inconclusive, never a pass', (value) => {
    for (const bounds of [{ max: 0.01 }, { min: 0, max: 1 }]) {
      const { verdicts, tally } = judgeAll([measured(value)], { ...errorRate, ...bounds });
      expect(verdicts).toEqual([{ name: 'error rate', verdict: 'inconclusive', reason: expect.stringContaining(String(value)) }]);
      expect(tally).toEqual(emptyTally);
    }
  });

  it('leaves the counts as they are, so that a gap neither forgives nor adds', () => {
    expect(judgeAll([measured(0.02), noData, down, measured(0.02)]).kinds).toEqual(['inconclusive', 'inconclusive', 'unavailable', 'fail']);
    const tally: MetricTally = { consecutiveFailures: 1, totalFailures: 4 };
    for (const gap of [noData, down]) expect(judgeMetric(errorRate, gap, tally).tally).toEqual(tally);
  });

  it('is never a pass, a fail or a value, whatever came before', () => {
    const before = fc.record({ consecutiveFailures: fc.nat(), totalFailures: fc.nat() });
    fc.assert(
      fc.property(before, fc.constantFrom(noData, down), (tally, gap) => {
        const { verdict } = judgeMetric(errorRate, gap, tally);
        expect(['inconclusive', 'unavailable']).toContain(verdict.verdict);
        expect(verdict).not.toHaveProperty('value');
      }),
    );
  });
});

describe('whatever is measured', () => {
  const measurement = fc.oneof(fc.double().map(measured), fc.constantFrom(noData, down, measured(0), measured(1)));

  it('the counts are those of the values out of bounds, and a fail comes exactly where a limit is reached', () => {
    fc.assert(
      fc.property(fc.array(measurement, { maxLength: 30 }), (list) => {
        const { kinds, tally } = judgeAll(list);
        const values = list.flatMap((each) => (each.status === 'value' && Number.isFinite(each.value) ? [each.value] : []));
        const breaches = values.map((value) => value > 0.01);
        expect(tally.totalFailures).toBe(breaches.filter(Boolean).length);
        expect(tally.consecutiveFailures).toBe(breaches.length - 1 - breaches.lastIndexOf(false));
        const inARow = breaches.some((breach, index) => breach && breaches[index - 1] === true);
        expect(kinds.includes('fail')).toBe(inARow || tally.totalFailures >= 5);
      }),
    );
  });
});

describe('a limit in time', () => {
  const slow: ThresholdSpec = { name: 'latency', max: 0.2, failures: { forSeconds: 180 } };
  const at = (minute: number, value: number): Measurement => ({ name: 'latency', atMs: minute * 60_000, status: 'value', value });
  const silent = (minute: number): Measurement => ({ name: 'latency', atMs: minute * 60_000, status: 'noData', why: 'no traffic.' });

  it('fails a metric that is out of bounds for so long, and says for how long it has been', () => {
    const { verdicts, kinds } = judgeAll([at(0, 0.3), at(1, 0.3), at(2, 0.3), at(3, 0.3)], slow);
    expect(kinds).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'fail']);
    expect(verdicts[2]?.reason).toBe('latency is 0.3, above 0.2 (for 2m of 3m).');
  });

  it('begins anew with a measurement within, and not with one that is missing', () => {
    expect(judgeAll([at(0, 0.3), at(1, 0.3), at(2, 0.1), at(3, 0.3), at(5, 0.3), at(6, 0.3)], slow).kinds.at(-2)).toBe('inconclusive');
    expect(judgeAll([at(0, 0.3), silent(1), silent(2), at(3, 0.3)], slow).kinds).toEqual([
      'inconclusive',
      'inconclusive',
      'inconclusive',
      'fail',
    ]);
  });

  it('may stand beside limits by number: whichever is reached first fails it', () => {
    const both = { ...slow, failures: { forSeconds: 180, consecutive: 2 } };
    const { verdicts } = judgeAll([at(0, 0.3), at(1, 0.3)], both);
    expect(verdicts[1]).toMatchObject({ verdict: 'fail', reason: 'latency is 0.3, above 0.2 (2 of 2 in a row, for 1m of 3m).' });
  });
});
