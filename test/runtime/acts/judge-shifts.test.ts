import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../../core/metric-ports.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import { isMannWhitney, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { routeTargetOf } from '../../../runtime/acts/door-target.ts';
import { judgeShifts } from '../../../runtime/acts/judge-shifts.ts';
import { recordOf, specSource, startMs } from '../../core/rollout/rollout-for-tests.ts';

const mannWhitney = { canary: 'p99{app="{{canary}}"}', baseline: 'p99{app="{{stable}}"}' };
const source = specSource({
  steps: [
    { weight: 10, bake: '10m' },
    { weight: 100, bake: '10m' },
  ],
  analysis: { interval: '10s', prometheus: { url: 'http://prometheus:9090' }, metrics: ['successRate', { name: 'p99', mannWhitney }] },
});

/** One look, so long after the step began, all of it baked. */
async function lookAfter(seconds: number, isDown = false) {
  const asked: { query: string; count: number }[] = [];
  const spec = rolloutSpec.parse(source);
  const nowMs = startMs + seconds * 1000;
  const watch = { stepIndex: 0, startedAtMs: startMs, bakedMs: (seconds - 10) * 1000, passedAtMs: nowMs - 10_000 };
  const open = { spec, plan: planRollout(spec), target: routeTargetOf(spec), record: recordOf({ watch, trafficSinceMs: startMs }) };
  const metrics = {
    measure: async (): Promise<Measurement[]> => {
      const asked = { name: 'p99', atMs: nowMs };
      return [isDown ? { ...asked, status: 'unavailable', why: 'down.' } : { ...asked, status: 'value', value: 1 }];
    },
    history: async (
      { query }: { query: string },
      { count, everySeconds, lastAtMs }: { count: number; everySeconds: number; lastAtMs: number },
    ) => {
      asked.push({ query, count });
      const middle = query.includes('canary') ? 200 : 100;
      return Array.from({ length: count }, (_, index) => ({ atMs: lastAtMs - index * everySeconds * 1000, value: middle + (index % 7) }));
    },
  };
  const deps = {
    clock: { now: () => nowMs, sleep: async () => undefined },
    prometheus: () => ({ metrics, alerts: { read: async () => [] } }),
  };
  const verdicts = await judgeShifts(deps, open, spec.analysis.metrics.filter(isMannWhitney));
  return { verdicts, asked };
}

describe('a comparison of samples', () => {
  it('is made when the bake is about to be over, and not before', async () => {
    expect(await lookAfter(560)).toEqual({ verdicts: [], asked: [] });
    const { verdicts, asked } = await lookAfter(570);
    expect(verdicts).toMatchObject([{ name: 'p99', verdict: 'fail', query: 'p99{app="checkout-canary"}' }]);
    expect(asked).toEqual([
      { query: 'p99{app="checkout-canary"}', count: 58 },
      { query: 'p99{app="checkout"}', count: 58 },
    ]);
  });

  it('says so where the source is down', async () => {
    const { verdicts } = await lookAfter(600, true);
    expect(verdicts).toMatchObject([{ verdict: 'unavailable', reason: 'p99 could not be asked: down.' }]);
  });
});
