import { describe, expect, it } from 'vitest';
import { overallVerdict } from '../../../core/analysis/verdict.ts';
import type { CloudWatchMetrics, Datapoint } from '../../../core/metric-ports.ts';
import { newWatch } from '../../../core/rollout/observe.ts';
import { isCloudWatch } from '../../../core/spec/rollout-spec.ts';
import { routeTargetOf } from '../../../runtime/acts/door-target.ts';
import { judgeDatapoints } from '../../../runtime/acts/judge-datapoints.ts';
import type { OpenRollout } from '../../../runtime/acts/open-rollout.ts';
import { recordOf, spec as specOf, startMs } from '../../core/rollout/rollout-for-tests.ts';

const metric = { namespace: 'Shop', name: 'Errors', stat: 'Sum' };
const spec = specOf({
  analysis: { interval: '60s', metrics: [{ name: 'errors', cloudwatch: { metric }, max: 1 }] },
  policies: { sourceDown: { hold: '5m' } },
});
const throttled: Datapoint = { status: 'unavailable', why: 'CloudWatch throttles.', isThrottled: true };

/** A look at so many seconds, of a step that CloudWatch has throttled since its beginning, or not. */
async function lookAt(seconds: number, answer: Datapoint, throttledSinceMs?: number) {
  const patience: (number | undefined)[] = [];
  const cloudWatch: CloudWatchMetrics = {
    measure: async (_questions, patienceMs) => {
      patience.push(patienceMs);
      return [answer];
    },
    list: async () => ({ status: 'listed', metrics: [], isWhole: true }),
  };
  const watch = { ...newWatch(0, startMs), ...(throttledSinceMs === undefined ? {} : { throttledSinceMs }) };
  const open = { spec, target: routeTargetOf(spec), record: recordOf({ watch }) } as OpenRollout;
  const clock = { now: () => startMs + seconds * 1000, sleep: async () => undefined };
  const { verdicts } = await judgeDatapoints({ clock, cloudWatch }, open, spec.analysis.metrics.filter(isCloudWatch));
  return { patience, overall: overallVerdict(verdicts) };
}

describe('a look at the metrics of CloudWatch', () => {
  it('has no patience while it was not throttled, and more the longer it has been', async () => {
    expect((await lookAt(240, throttled)).patience).toEqual([0]);
    expect((await lookAt(60, throttled, startMs)).patience).toEqual([expect.closeTo(160, 6)]);
    expect((await lookAt(300, throttled, startMs)).patience).toEqual([20_000]);
  });

  it('J2: is unavailable where CloudWatch throttles, told apart from one that is down', async () => {
    expect((await lookAt(60, throttled)).overall).toMatchObject({ verdict: 'unavailable', throttled: true });
    expect((await lookAt(60, { status: 'unavailable', why: 'down' })).overall).not.toHaveProperty('throttled');
  });
});
