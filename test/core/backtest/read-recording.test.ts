import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../../../core/backtest/read-recording.ts';
import { comparingSpec } from '../../backtest/record-for-tests.ts';
import { spec } from '../rollout/rollout-for-tests.ts';

const answer = (...values: readonly (readonly [number, string])[]) => ({
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: { pod: 'a' }, values }] },
});
const two = answer([1_000, '1'], [1_010, '2']);
const file = (errors: unknown, more: object = {}) => ({ version: 1, stepSeconds: 10, metrics: { 'error rate': errors }, ...more });
const read = (value: unknown) => readRecording(value, 'recording.json', spec().analysis);
const problems = (value: unknown) => {
  const result = read(value);
  return result.ok ? [] : result.problems.map(({ path, found, expected }) => `${path}: found ${found}, expected ${expected}`);
};

describe('a recording', () => {
  it('holds verbatim what Prometheus answered, with the time of its first and its last point', () => {
    const result = read(file(two));
    expect(result).toMatchObject({ ok: true, recording: { stepMs: 10_000, lastMs: 1_010_000, fromMs: 1_000_000 } });
    expect(result.ok && result.recording.queries.get('error rate')).toEqual([
      { metric: { pod: 'a' }, timesMs: [1_000_000, 1_010_000], values: ['1', '2'] },
    ]);
  });

  it('may begin before the rollout does', () => {
    expect(read(file(two, { from: '1970-01-01T00:16:45Z' }))).toMatchObject({ recording: { fromMs: 1_005_000 } });
    expect(problems(file(two, { from: '1970-01-01T00:16:50Z' }))).toEqual([
      'from: found 1970-01-01T00:16:50Z, expected a time before the recording ends, 1970-01-01T00:16:50Z',
    ]);
  });

  it('of a comparison takes a counter that is no number at a moment for not there', () => {
    const side = { all: answer([1_000, '5'], [1_010, 'NaN'], [1_020, '9']), bad: two };
    const { analysis } = comparingSpec({}, { metrics: ['successRate'] });
    const value = { version: 1, stepSeconds: 10, metrics: { successRate: { canary: side, stable: side } } };
    const result = readRecording(value, 'recording.json', analysis);
    expect(result.ok && result.recording.compared.get('successRate')?.canary.all).toEqual([
      { timesMs: [1_000_000, 1_020_000], values: [5, 9] },
    ]);
  });

  it('says of what its answers are partial', () => {
    expect(read(file({ ...two, warnings: ['a store did not answer'] }))).toMatchObject({
      recording: { notes: ['Prometheus warned of error rate: a store did not answer'] },
    });
  });

  it.each<[string, unknown, string]>([
    ['another version', file(two, { version: 2 }), 'version: found 2, expected 1'],
    [
      'a metric that was left out',
      { version: 1, stepSeconds: 10, metrics: {} },
      'metrics["error rate"]: found nothing, expected a mapping with status, data',
    ],
    ['what Prometheus refused', file({ status: 'error', errorType: 'bad_data', error: 'parse error' }), 'found "error", expected success'],
    ['the answer to an instant query', file({ status: 'success', data: { resultType: 'vector', result: [] } }), 'expected matrix'],
    [
      'a native histogram',
      file({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, histograms: [[1, {}]] }] } }),
      'histogram_quantile',
    ],
    ['points out of order', file(answer([1_010, '1'], [1_000, '2'])), 'values[1]: found 1000, expected a later time'],
    ['two points of one time', file(answer([1_010, '1'], [1_010, '2'])), 'values[1]: found 1010, expected a later time'],
    [
      'a series twice',
      file({ ...two, data: { ...two.data, result: [...two.data.result, ...two.data.result] } }),
      'expected each series once',
    ],
    ['no point at all', file({ ...two, data: { ...two.data, result: [] } }), 'metrics: found no point of any metric'],
    ['a time before time', file(answer([-5, '1'])), 'expected a number of at least 0'],
    ['no mapping', 'hello', 'found "hello", expected a mapping'],
  ])('is refused for %s, with where and why', (_, value, expected) => {
    expect(problems(value).join('\n')).toContain(expected);
  });

  it('of a comparison wants either bad or good answers beside all', () => {
    const { analysis } = comparingSpec({}, { metrics: ['successRate'] });
    const wrong = readRecording(
      { version: 1, stepSeconds: 10, metrics: { successRate: { canary: { all: two }, stable: { all: two, bad: two } } } },
      'recording.json',
      analysis,
    );
    expect(wrong).toMatchObject({
      ok: false,
      problems: [{ path: 'metrics.successRate.canary', expected: 'all, and beside it either bad or good' }],
    });
  });

  it('is refused for too many points before any of them is read: parsing them would run out of memory', () => {
    const unread = Array.from({ length: 100_000 }, () => 'no point');
    const many = (count: number) => {
      const result = Array.from({ length: count }, (_, index) => ({ metric: { pod: `${index}` }, values: unread }));
      return file({ status: 'success', data: { resultType: 'matrix', result } });
    };
    expect(problems(many(51))).toEqual(['metrics: found more points, expected at most 5000000 of all metrics together']);
    expect(problems({ ...file(two), metrics: { other: many(51).metrics['error rate'], 'error rate': two } })).toEqual([]);
  });

  describe('of several sources', () => {
    const metric = (name: string) => ({ namespace: 'Shop', name, stat: 'Sum' });
    const { analysis } = comparingSpec(
      {},
      {
        metrics: [
          { name: 'queue', cloudwatch: { metric: metric('Depth') }, max: 3 },
          { loadBalancer: 'app/shop/50dc6c495c0c9188', measure: 'failedShare', max: 0.01, name: 'failed' },
          { name: 'up', query: 'up', min: 1 },
          { name: 'p99', mannWhitney: { canary: 'a', baseline: 'b' } },
        ],
      },
    );
    const result = (Id: string, Values: readonly unknown[] = [1, 2]) => ({
      ...{ Id, Label: 'Depth', StatusCode: 'Complete', Values },
      Timestamps: ['2026-11-20T10:00:00+00:00', 1_795_168_860].slice(0, Values.length),
    });
    const queue = { MetricDataResults: [result('q0')], Messages: [] };
    const failed = { MetricDataResults: [result('q0', [100]), result('q0_counted0', []), result('q0_counted1', [1])] };
    const ofCloudWatch = { queue, failed };
    const ofPrometheus = { up: two, p99: { canary: two, baseline: two } };
    const readOf = (metrics: object) => readRecording({ version: 1, stepSeconds: 10, metrics }, 'recording.json', analysis);
    const problemsOf = (metrics: object) => {
      const read = readOf(metrics);
      return read.ok ? [] : read.problems.map(({ path, found, expected }) => `${path}: found ${found}, expected ${expected}`);
    };

    it('holds what the AWS command line prints, with times as texts or as numbers', () => {
      const read = readOf(ofCloudWatch);
      if (!read.ok) throw new Error(problemsOf(ofCloudWatch).join());
      const firstMs = Date.UTC(2026, 10, 20, 10);
      expect(read.recording).toMatchObject({ fromMs: firstMs, lastMs: firstMs + 120_000 });
      expect(read.recording.datapoints.get('queue')?.of?.points).toEqual({ timesMs: [firstMs, firstMs + 60_000], values: [1, 2] });
      expect(read.recording.datapoints.get('failed')?.counted.map((each) => each?.points.values)).toEqual([[], [1]]);
    });

    it('may hold one source alone, and then all that is asked of it', () => {
      expect([readOf(ofCloudWatch).ok, readOf(ofPrometheus).ok, readOf({ ...ofCloudWatch, ...ofPrometheus }).ok]).toEqual([
        true,
        true,
        true,
      ]);
      expect(problemsOf({ queue })).toEqual([expect.stringContaining('metrics.failed: found nothing')]);
      expect(problemsOf({ ...ofCloudWatch, up: two })).toEqual([expect.stringContaining('metrics.p99: found nothing')]);
      expect(problemsOf({}).length).toBe(4);
    });

    it.each<[string, object, string]>([
      [
        'fewer values than times',
        { ...queue, MetricDataResults: [{ ...result('q0'), Values: [1] }] },
        'MetricDataResults[0].Values: found 1 values',
      ],
      ['another id', { MetricDataResults: [result('m1')] }, 'expected the answers to what is asked under the ids q0'],
      [
        'no time',
        { MetricDataResults: [{ ...result('q0'), Timestamps: ['noon', 5] }] },
        'Timestamps[0]: found "noon", expected seconds, or a time',
      ],
      ['a time before time', { MetricDataResults: [{ ...result('q0'), Timestamps: [-5, 5] }] }, 'Timestamps[0]: found -5'],
      ['no number', { MetricDataResults: [result('q0', ['many', 2])] }, 'Values[0]: found "many", expected one of NaN, Infinity'],
    ])('is refused for %s, with where and why', (_, broken, expected) => {
      expect(problemsOf({ ...ofCloudWatch, queue: broken }).join('\n')).toContain(expected);
    });

    it('misses the metrics of a source whose alarms or alerts it holds', () => {
      const also = { ...analysis, alarms: ['errors'], alerts: ['Slow'] };
      const pathsOf = (held: object) => {
        const read = readRecording({ version: 1, stepSeconds: 10, ...held }, 'recording.json', also);
        return read.ok ? [] : read.problems.map(({ path }) => path);
      };
      expect(pathsOf({ metrics: ofPrometheus, alarms: { errors: { StateValue: 'OK' } } })).toEqual(['metrics.queue', 'metrics.failed']);
      expect(pathsOf({ metrics: ofCloudWatch, alerts: { Slow: two } })).toEqual(['metrics.up', 'metrics.p99']);
      expect(pathsOf({ metrics: ofCloudWatch, alarms: { errors: { StateValue: 'OK' } } })).toEqual([]);
    });

    it('is refused for too many datapoints', () => {
      const Timestamps = Array.from({ length: 2_500_001 }, () => 'no time');
      const broken = {
        MetricDataResults: [
          { ...result('q0'), Timestamps },
          { ...result('q0'), Timestamps },
        ],
      };
      expect(problemsOf({ ...ofCloudWatch, queue: broken })).toEqual([expect.stringMatching(/^metrics: found more points/)]);
    });

    it('is refused where a number that a share counts is not there: it is no 0', () => {
      const halved = { MetricDataResults: [result('q0'), result('q0_counted0')] };
      expect(problemsOf({ queue, failed: halved }).join()).toContain('metrics.failed.MetricDataResults: found ids that are not all there');
    });
  });

  it('never ends in anything but a recording or problems, whatever JSON it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void expect(typeof read(value).ok).toBe('boolean')));
    fc.assert(fc.property(fc.jsonValue(), (value) => void expect(typeof read(file(value)).ok).toBe('boolean')));
    const sample = fc.tuple(fc.double(), fc.oneof(fc.constantFrom('NaN', '+Inf', '1e999', '-1', '', '0x10'), fc.string()));
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), (values) => {
        const result = read(file(answer(...values)));
        if (result.ok) expect(Number.isFinite(result.recording.lastMs)).toBe(true);
      }),
    );
  });
});
