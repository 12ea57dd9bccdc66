import { describe, expect, it } from 'vitest';
import type { Cost } from '../../../core/analysis/proportion/comparison.ts';
import type { Verdict } from '../../../core/analysis/verdict.ts';
import { decide } from '../../../core/rollout/decide.ts';
import { analysisAt, requestTo, specSource, startMs, stateAt, verdictOf } from './rollout-for-tests.ts';

const minute = 60_000;
const baked = { bakedMs: 60 * minute };
const { analysis: analysisSource } = specSource();

describe('a metric with a hold of its own', () => {
  const metrics = [
    { name: 'error rate', query: 'errors', max: 0.01 },
    { name: 'sales', query: 'sales', min: 1, noData: { hold: '2m', onDeadline: 'advance' as const } },
  ];
  const silentSince = (ms: number) =>
    stateAt(0, { spec: { analysis: { ...analysisSource, metrics } }, watch: { inconclusiveSinceMs: startMs + ms } });
  const silent = (...names: readonly string[]) => ({
    ...analysisAt(3 * minute, { ...verdictOf('inconclusive'), name: names[0] ?? '' }),
    verdicts: names.map((name) => verdictOf('inconclusive', name)),
  });

  it('is silent for so long, and then does what it says itself', () => {
    expect(decide(silentSince(minute + 1), silent('sales')).action).toBe('hold');
    expect(decide(silentSince(minute), silent('sales'))).toMatchObject({ action: 'advance' });
    expect(decide(silentSince(minute), silent('error rate')).action).toBe('hold');
  });

  it('lets no step advance that another one still holds, which then decides', () => {
    const both = (afterMs: number) => decide(silentSince(minute), { ...silent('sales', 'error rate'), atMs: startMs + afterMs });
    expect(both(3 * minute)).toMatchObject({ action: 'hold', why: 'error rate says inconclusive. Held for at most 5m.' });
    expect(both(6 * minute - 1).action).toBe('hold');
    expect(both(6 * minute)).toMatchObject({ action: 'abort', reason: 'inconclusive', why: expect.stringMatching(/^error rate says/) });
  });

  it('lets no step advance that one of which another source says nothing still holds', () => {
    const sourceDown = { hold: '1m', onDeadline: 'advance' as const };
    const state = stateAt(0, {
      spec: {
        analysis: {
          ...analysisSource,
          metrics: [
            { name: 'error rate', query: 'errors', max: 0.01 },
            { name: 'sales', query: 'sales', min: 1, sourceDown },
          ],
        },
      },
      watch: {
        unavailableSinceMs: startMs,
        silences: { sales: { unavailableSinceMs: startMs }, 'error rate': { inconclusiveSinceMs: startMs } },
      },
    });
    const down = verdictOf('unavailable', 'sales');
    const at = (afterMs: number, ...others: readonly Verdict[]) =>
      decide(state, { ...analysisAt(afterMs, down), verdicts: [down, ...others] });
    expect(at(minute, verdictOf('pass'))).toMatchObject({ action: 'advance', why: expect.stringContaining('unavailable for 1m') });
    expect(at(minute, verdictOf('inconclusive')).action).toBe('hold');
    expect(at(5 * minute, verdictOf('inconclusive'))).toMatchObject({ action: 'abort', reason: 'inconclusive' });
  });

  it('lets a step advance beside others that say so too when the last of their holds is over', () => {
    const lenient = (hold: string) => ({ hold, onDeadline: 'advance' as const });
    const state = stateAt(0, {
      spec: { analysis: { ...analysisSource, metrics }, policies: { noData: lenient('10m') } },
      watch: { inconclusiveSinceMs: startMs },
    });
    const at = (afterMs: number) => decide(state, { ...silent('error rate', 'sales'), atMs: startMs + afterMs });
    expect(at(10 * minute - 1).action).toBe('hold');
    expect(at(10 * minute)).toMatchObject({ action: 'advance', why: expect.stringMatching(/inconclusive for 10m/) });
  });

  it('is not held to have been silent since another one was: one look without data ends no hold', () => {
    const blip = stateAt(0, {
      spec: { analysis: { ...analysisSource, metrics }, policies: { noData: { hold: '10m' } } },
      watch: {
        inconclusiveSinceMs: startMs,
        silences: { 'error rate': { inconclusiveSinceMs: startMs }, sales: { inconclusiveSinceMs: startMs + 3 * minute } },
      },
    });
    expect(decide(blip, silent('sales'))).toMatchObject({ action: 'hold', why: expect.stringMatching(/Held for at most 2m\.$/) });
    const late = { ...silent('sales'), atMs: startMs + 5 * minute };
    expect(decide(blip, late)).toMatchObject({ action: 'advance', why: expect.stringMatching(/inconclusive for 2m/) });
  });

  it('does not outlast the longest hold of the spec, where now one is silent and now another', () => {
    const turns = (elapsedMs: number) =>
      decide(
        stateAt(0, {
          spec: { analysis: { ...analysisSource, metrics }, policies: { noData: { hold: '10m', onDeadline: 'abort' } } },
          watch: { inconclusiveSinceMs: startMs, silences: { 'error rate': { inconclusiveSinceMs: startMs + elapsedMs } } },
        }),
        { ...silent('error rate'), atMs: startMs + elapsedMs },
      );
    expect(turns(10 * minute - 1).action).toBe('hold');
    expect(turns(10 * minute)).toMatchObject({ action: 'abort', why: expect.stringMatching(/inconclusive for 10m/) });
  });

  it('decides nothing where it is only tried out', () => {
    const analysis = silent('error rate', 'sales');
    const tried = { ...analysis, verdicts: analysis.verdicts.map((each) => (each.name === 'sales' ? { ...each, dryRun: true } : each)) };
    expect(decide(silentSince(minute), tried).action).toBe('hold');
  });
});

describe('a metric that is not critical', () => {
  const fail = { hold: '1m', onDeadline: 'pause' as const };
  const metrics = [
    { name: 'error rate', query: 'errors', max: 0.01 },
    { name: 'sales', query: 'sales', min: 1, critical: false, fail },
  ];
  const at = (sinceMs: number, change: Parameters<typeof stateAt>[1] = {}) =>
    stateAt(0, {
      ...change,
      spec: { analysis: { ...analysisSource, metrics } },
      watch: { inconclusiveSinceMs: startMs + sinceMs, ...change.watch },
    });
  const says = (verdict: Verdict) => ({ ...analysisAt(3 * minute, verdict), verdicts: [verdict] });
  const failed = { ...verdictOf('inconclusive', 'sales'), failed: true };
  const silent = verdictOf('inconclusive', 'sales');

  it('holds where it fails, and then does what it says of that', () => {
    expect(decide(at(2 * minute + 1), says(failed)).action).toBe('hold');
    expect(decide(at(2 * minute), says(failed))).toMatchObject({ action: 'pause', why: expect.stringContaining('inconclusive for 1m') });
  });

  it('has the usual hold where it only has too little data', () => {
    expect(decide(at(2 * minute), says(silent)).action).toBe('hold');
  });

  it('gives a person who resumes one more hold, and stops again', () => {
    const resumedAt = (atMs: number) =>
      at(0, { watch: { pausedSinceMs: startMs + minute }, request: { ...requestTo('resume'), atMs: startMs + atMs } });
    expect(decide(resumedAt(2 * minute + 1), says(failed)).action).toBe('hold');
    expect(decide(resumedAt(2 * minute), says(failed)).action).toBe('pause');
  });
});

describe('a pace by evidence', () => {
  const paced = { spec: { pace: 'evidence' as const, analysis: { ...analysisSource, metrics: ['successRate' as const], budget: 100 } } };
  const costing = (bakedMs: number, cost: Partial<Cost>, more: Partial<Verdict> = {}) => {
    const comparison = {
      canary: { all: 100, bad: 0 },
      stable: { all: 900, bad: 0 },
      allowedShare: 0.001,
      dispersion: 1,
      windowSeconds: 30,
      cost: { spent: 0, underWay: 0, budget: 100, ...cost },
    };
    return {
      ...analysisAt(bakedMs, 'pass'),
      verdicts: [verdictOf('pass', 'canary'), { ...verdictOf('pass', 'successRate'), comparison, ...more }],
    };
  };
  const at = (bakedMs: number, stepIndex = 0) => stateAt(stepIndex, { ...paced, watch: { bakedMs } });

  it('leaves a step as soon as what the next one may cost fits the budget, and no sooner than after the least bake', () => {
    expect(decide(at(29_999), costing(29_999, { nextAtMost: 10 })).action).toBe('hold');
    expect(decide(at(30_000), costing(30_000, { nextAtMost: 100 }))).toMatchObject({ action: 'advance', stepIndex: 1 });
    expect(decide(at(30_000), costing(30_000, { nextAtMost: 101 })).action).toBe('hold');
    expect(decide(at(30_000), costing(30_000, {})).action).toBe('hold');
  });

  it('leaves it no later than after its bake', () => {
    expect(decide(at(60_000), costing(60_000, { nextAtMost: 1e9 })).action).toBe('advance');
  });

  it('does not leave it early in doubt, and not the last one, nor by what is only tried out', () => {
    expect(decide(at(30_000), costing(30_000, { nextAtMost: 10 }, { evidence: 5 })).action).toBe('hold');
    expect(decide(at(30_000), costing(30_000, { nextAtMost: 10 }, { dryRun: true })).action).toBe('hold');
    expect(decide(at(60_000, 2), costing(60_000, { nextAtMost: 10 })).action).toBe('hold');
  });

  it('is asked for: else a step bakes as long as it says', () => {
    expect(decide(stateAt(0, { watch: { bakedMs: 30_000 } }), costing(30_000, { nextAtMost: 0 })).action).toBe('hold');
  });
});

describe('a canary that warms up', () => {
  const warm = (kind: 'pass' | 'fail' | 'inconclusive') => ({ ...analysisAt(minute, kind), warmsUpUntilMs: startMs + 90_000 });

  it('is held until metrics are asked, whatever has baked', () => {
    const decision = decide(stateAt(0, { watch: baked }), warm('pass'));
    expect(decision).toMatchObject({ action: 'hold', tick: { watchSeconds: 30 } });
    expect(decision.why).toBe('The canary warms up: no metric is asked for another 30s.');
    expect(decide(stateAt(0, { watch: baked, request: requestTo('promote') }), warm('pass')).action).toBe('hold');
  });

  it('is rolled back by an alarm all the same', () => {
    expect(decide(stateAt(0), warm('fail')).action).toBe('abort');
  });
});
