import { describe, expect } from 'vitest';
import { backtest } from '../../core/backtest/backtest.ts';
import { readRecording } from '../../core/backtest/read-recording.ts';
import { rolloutSpec } from '../../core/spec/rollout-spec.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { fuzz } from './fuzz.ts';
import { asEvent } from './json-text.ts';
import { mutated } from './mutate.ts';

const spec = rolloutSpec.parse(
  specSource({
    analysis: {
      prometheus: { url: 'http://p:9090' },
      metrics: [
        'successRate',
        { name: 'p99', query: 'p99', max: 0.2 },
        { name: 'shift', mannWhitney: { canary: 'p99', baseline: 'p50' } },
        { loadBalancer: 'app/shop/50dc6c495c0c9188', measure: 'failedShare', name: 'failed', max: 0.1 },
        {
          name: 'queue',
          cloudwatch: { expression: 'RATE(depth)', metrics: { depth: { namespace: 'Shop', name: 'Depth', stat: 'Sum' } } },
          max: 3,
        },
      ],
      alarms: ['checkout-errors', 'checkout-latency'],
      alerts: ['CheckoutSlow'],
      budget: 20,
    },
  }),
);

const fromSeconds = 1_800_000_000;
const answer = (growth: number) => ({
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [{ metric: { pod: 'a' }, values: Array.from({ length: 12 }, (_, at) => [fromSeconds + at * 10, String(at * growth)]) }],
  },
});
const datapoints = (Id: string) => ({
  ...{ Id, Label: Id, StatusCode: 'Complete' },
  Timestamps: Array.from({ length: 6 }, (_, at) =>
    at % 2 === 0 ? fromSeconds + at * 60 : new Date((fromSeconds + at * 60) * 1000).toISOString(),
  ),
  Values: [5, 0, 1e9, 'NaN', -1, 5],
});
const recording = {
  version: 1,
  stepSeconds: 10,
  from: new Date(fromSeconds * 1000).toISOString(),
  to: new Date((fromSeconds + 600) * 1000).toISOString(),
  alarms: {
    'checkout-latency': { StateValue: 'OK' },
    'checkout-errors': {
      AlarmHistoryItems: [
        {
          Timestamp: fromSeconds + 60,
          HistoryItemType: 'StateUpdate',
          HistoryData: JSON.stringify({ oldState: { stateValue: 'OK' }, newState: { stateValue: 'ALARM', stateReason: 'many' } }),
        },
      ],
    },
  },
  alerts: { CheckoutSlow: answer(1) },
  metrics: {
    successRate: { canary: { all: answer(10), bad: answer(1) }, stable: { all: answer(90), bad: answer(0) } },
    p99: answer(0.01),
    shift: { canary: answer(0.01), baseline: answer(0.02) },
    failed: {
      MetricDataResults: [datapoints('q0'), datapoints('q0_counted0'), datapoints('q0_counted1')],
      Messages: [{ Code: 'a', Value: 'b' }],
    },
    queue: { MetricDataResults: [datapoints('q0')] },
  },
};

describe('recordings of a backtest', () => {
  fuzz('backtest: recording', 1_400, mutated(recording), (input) => {
    const read = readRecording(asEvent(input), 'recording.json', spec.analysis);
    if (!read.ok) {
      expect(read.problems.length).toBeGreaterThan(0);
      return 'refused';
    }
    const { fromMs, lastMs } = read.recording;
    // Points may be years apart: what is replayed of them is an hour.
    const toMs = Math.min(lastMs, fromMs + 3_600_000);
    const { comparisons } = backtest({
      spec,
      recording: read.recording,
      fromMs,
      toMs,
      badMeansOf: () => 'failed',
      windowSecondsOf: () => 60,
    });
    for (const { inAll } of comparisons) expect(Number.isFinite(inAll.aboveBaseline ?? 0)).toBe(true);
    return 'taken';
  });
});
