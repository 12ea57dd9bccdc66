import { describe, expect, it } from 'vitest';
import { inRole, metricsNow } from '../../../core/analysis/metrics-now.ts';
import { overallVerdict } from '../../../core/analysis/verdict.ts';
import type { MetricRole } from '../../../core/spec/metric-role.ts';
import { usually, verdictOf } from '../rollout/rollout-for-tests.ts';

const metric = (name: string, role: Partial<MetricRole> = {}) => ({ name, role: { ...usually, ...role } });
const at = (stepIndex: number, seconds: number) => ({ stepIndex, nowMs: 1_000_000 + seconds * 1000, trafficSinceMs: 1_000_000 });
const namesOf = (of: readonly { name: string }[]) => of.map(({ name }) => name);

describe('the metrics of a moment', () => {
  const all = [metric('a'), metric('late', { startingStep: 3 }), metric('slow', { initialDelaySeconds: 60 })];

  it.each([
    [0, 0, ['a']],
    [0, 60, ['a', 'slow']],
    [1, 61, ['a', 'slow']],
    [2, 59, ['a', 'late']],
    [2, 60, ['a', 'late', 'slow']],
  ])('at step %i after %i s are %j', (stepIndex, seconds, names) => {
    expect(namesOf(metricsNow(all, at(stepIndex, seconds)).asked)).toEqual(names);
    expect(metricsNow(all, at(stepIndex, seconds)).warmsUpUntilMs).toBeUndefined();
  });

  it('are none while all that count are delayed: the canary warms up until the first of them is asked', () => {
    const delayed = [metric('a', { initialDelaySeconds: 90 }), metric('b', { initialDelaySeconds: 60 }), metric('tried', { dryRun: true })];
    expect(metricsNow(delayed, at(0, 59)).warmsUpUntilMs).toBe(1_060_000);
    expect(metricsNow(delayed, at(0, 60)).warmsUpUntilMs).toBeUndefined();
  });

  it('are none where alarms judge alone, which nothing warms up for', () => {
    expect(metricsNow([], at(0, 0))).toEqual({ asked: [], warmsUpUntilMs: undefined });
  });
});

describe('what a verdict counts for', () => {
  it('a fail of a metric that is not critical holds, and says so', () => {
    expect(inRole({ ...usually, critical: false }, verdictOf('fail'))).toMatchObject({
      verdict: 'inconclusive',
      failed: true,
      reason: 'error rate says fail. It is not critical: the step is held.',
    });
    expect(inRole({ ...usually, critical: false }, verdictOf('unavailable'))).toEqual(verdictOf('unavailable'));
    expect(inRole(usually, verdictOf('fail'))).toEqual(verdictOf('fail'));
  });

  it.each(['fail', 'inconclusive', 'unavailable', 'pass'] as const)('a %s of one that is tried out counts for nothing', (kind) => {
    const tried = inRole({ ...usually, dryRun: true }, verdictOf(kind, 'tried'));
    expect(tried).toEqual({ ...verdictOf(kind, 'tried'), dryRun: true });
    expect(overallVerdict([verdictOf('pass', 'canary'), tried])).toMatchObject({ verdict: 'pass', reason: 'canary says pass.' });
    expect(overallVerdict([tried]).verdict).toBe('inconclusive');
  });
});
