import { describe, expect, it } from 'vitest';
import { decide, restoreLimit } from '../../../core/rollout/decide.ts';
import type { AnalysisResult } from '../../../core/rollout/record.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { analysisAt, requestTo, startMs, stateAt, verdictOf } from './rollout-for-tests.ts';

const minute = 60_000;
const hour = 60 * minute;
const baked = { bakedMs: hour };
const drift = 'VirtualService checkout says 100/0, not 90/10.';
const drifted = (analysis: AnalysisResult) => ({ ...analysis, drift });

describe('a step that passes', () => {
  it('holds while it bakes, and says how long still', () => {
    const decision = decide(stateAt(0, { watch: { bakedMs: 20_000 } }), analysisAt(20_000, 'pass'));
    expect(decision).toMatchObject({ action: 'hold', tick: { waitSeconds: 0, watchSeconds: 40 } });
    expect(decision.why).toBe('Baking at weight 10, 40s left.');
  });

  it('is waited for by the state machine, an interval at a time, where it began in a crowd', () => {
    const state = stateAt(0, { watch: { bakedMs: 20_000 }, isCrowded: true });
    expect(decide(state, analysisAt(20_000, 'pass'))).toMatchObject({ action: 'hold', tick: { waitSeconds: 10, watchSeconds: 0 } });
  });

  it.each([
    [59_999, 'hold'],
    [60_000, 'advance'],
    [60_001, 'advance'],
  ])('that has baked %i ms of a minute: %s', (bakedMs, action) => {
    expect(decide(stateAt(0, { watch: { bakedMs } }), analysisAt(bakedMs, 'pass')).action).toBe(action);
  });

  it('holds for a whole second where less than one is left, because a Wait takes no fraction', () => {
    expect(decide(stateAt(0, { watch: { bakedMs: 59_999 } }), analysisAt(59_999, 'pass'))).toMatchObject({ tick: { watchSeconds: 1 } });
  });

  it('goes on to the next step, for the reason of the verdict', () => {
    const why = 'error rate says pass.';
    expect(decide(stateAt(0, { watch: baked }), analysisAt(minute, 'pass'))).toEqual({ action: 'advance', stepIndex: 1, why });
  });

  it('is promoted after the last step', () => {
    expect(decide(stateAt(2, { watch: baked }), analysisAt(hour, 'pass'))).toEqual({ action: 'promote', why: 'error rate says pass.' });
  });

  it.each([
    ['no evidence', undefined, 60_000, 'advance'],
    ['as little evidence as noise gives', 2.9, 60_000, 'advance'],
    ['evidence against the canary', 3, 60_000, 'hold'],
    ['evidence against the canary', 99, 119_999, 'hold'],
    ['evidence against the canary that is not enough after a second bake', 99, 120_000, 'advance'],
  ])('with %s (%s) after %i ms of a minute: %s', (_, evidence, bakedMs, action) => {
    const doubted = { ...verdictOf('pass', 'successRate'), ...(evidence === undefined ? {} : { evidence, enough: 100 }) };
    const analysis = { ...analysisAt(bakedMs, 'pass'), verdicts: [verdictOf('pass'), doubted] };
    expect(decide(stateAt(0, { watch: { bakedMs } }), analysis).action).toBe(action);
  });

  it('and is in doubt says which metric has raised it, and for how long it is held', () => {
    const analysis = { ...analysisAt(70_000, 'pass'), verdicts: [{ ...verdictOf('pass', 'successRate'), evidence: 5 }] };
    const decision = decide(stateAt(0, { watch: { bakedMs: 70_000 } }), analysis);
    expect(decision).toMatchObject({ action: 'hold', tick: { watchSeconds: 50 } });
    expect(decision.why).toBe('successRate says pass. In doubt the step is baked twice, 50s left.');
  });

  it('that the plan does not have is an error of the caller', () => {
    expect(() => decide(stateAt(3), analysisAt(0, 'pass'))).toThrow(RangeError);
  });
});

describe('the pause of a step', () => {
  const pausedAt = (pausedSinceMs: number | undefined, source: Partial<RolloutSpecSource> = {}, resumedAtMs?: number) =>
    stateAt(1, {
      spec: source,
      watch: { ...baked, ...(pausedSinceMs === undefined ? {} : { pausedSinceMs: startMs + pausedSinceMs }) },
      ...(resumedAtMs === undefined ? {} : { request: { ...requestTo('resume'), atMs: startMs + resumedAtMs } }),
    });
  const goingOn: Partial<RolloutSpecSource> = {
    steps: [
      { weight: 10, bake: '1m' },
      { weight: 50, bake: '1m', pause: { for: '10m', onDeadline: 'advance' } },
      { weight: 100, bake: '1m' },
    ],
  };

  it('that is under way goes on where a comparison begins to doubt', () => {
    const analysis = { ...analysisAt(6 * minute, 'pass'), verdicts: [{ ...verdictOf('pass', 'successRate'), evidence: 5 }] };
    const watch = { bakedMs: 130_000, pausedSinceMs: startMs + 5 * minute };
    expect(decide(stateAt(1, { watch }), analysis).action).toBe('pause');
  });

  it('begins once the bake is over, and its clock with it', () => {
    const decision = decide(pausedAt(undefined), analysisAt(5 * minute, 'pass'));
    expect(decision).toMatchObject({ action: 'pause', tick: { watchSeconds: 600 }, why: 'Waits for a person, at most 10m.' });
    expect(decide(stateAt(1, { watch: { bakedMs: 119_999 } }), analysisAt(5 * minute, 'pass')).action).toBe('hold');
  });

  it.each([
    [10 * minute - 1, 'pause'],
    [10 * minute, 'abort'],
  ])('W1: after %i ms without a person: %s', (afterMs, action) => {
    expect(decide(pausedAt(5 * minute), analysisAt(5 * minute + afterMs, 'pass')).action).toBe(action);
  });

  it('W1: at its deadline is a timeout, or goes on where the spec says so', () => {
    const over = analysisAt(15 * minute, 'pass');
    expect(decide(pausedAt(5 * minute), over)).toEqual({
      action: 'abort',
      reason: 'timeout',
      why: 'Nobody resumed the rollout within 10m.',
    });
    expect(decide(pausedAt(5 * minute, goingOn), over)).toMatchObject({ action: 'advance', stepIndex: 2 });
  });

  it('is not ended by a resume from before it, which answered another pause', () => {
    const early = 5 * minute - 1;
    expect(decide(pausedAt(5 * minute, {}, early), analysisAt(6 * minute, 'pass')).action).toBe('pause');
    expect(decide(pausedAt(undefined, {}, early), analysisAt(6 * minute, 'pass')).action).toBe('pause');
  });

  it('ends where a person resumes', () => {
    for (const resumedAtMs of [5 * minute, 6 * minute]) {
      const decision = decide(pausedAt(5 * minute, {}, resumedAtMs), analysisAt(6 * minute, 'pass'));
      expect(decision).toMatchObject({ action: 'advance', stepIndex: 2 });
    }
  });

  it.each(['inconclusive', 'unavailable'] as const)('goes on through a blip that is %s, and is not resumed by it', (kind) => {
    const since = { inconclusiveSinceMs: startMs + 6 * minute, unavailableSinceMs: startMs + 6 * minute };
    const paused = stateAt(1, { watch: { ...baked, ...since, pausedSinceMs: startMs + 5 * minute } });
    expect(decide(paused, analysisAt(7 * minute, kind))).toMatchObject({ action: 'pause', tick: { watchSeconds: 240 } });
  });

  it('shortens the last look to its deadline', () => {
    expect(decide(pausedAt(5 * minute), analysisAt(15 * minute - 3_500, 'pass'))).toMatchObject({ tick: { watchSeconds: 4 } });
  });
});

describe("a person's request", () => {
  it('to pause holds the weight, with name and reason, until the deadline of the rollout', () => {
    const state = stateAt(0, { watch: baked, request: requestTo('pause') });
    expect(decide(state, analysisAt(minute, 'pass'))).toMatchObject({
      action: 'pause',
      why: 'Paused by ada: a look at the dashboards.',
      tick: { watchSeconds: 840 },
    });
    expect(decide(state, analysisAt(2 * hour - 7_000, 'pass'))).toMatchObject({ action: 'pause', tick: { watchSeconds: 7 } });
    expect(decide(state, analysisAt(2 * hour, 'pass'))).toMatchObject({ action: 'abort', reason: 'timeout' });
  });

  it('to pause says so where no reason was given', () => {
    const state = stateAt(0, { request: requestTo('pause', '') });
    expect(decide(state, analysisAt(minute, 'pass')).why).toBe('Paused by ada: no reason given.');
  });

  it('to resume leaves the rollout to itself', () => {
    expect(decide(stateAt(0, { request: requestTo('resume') }), analysisAt(minute, 'pass')).action).toBe('hold');
  });

  it('to promote skips what is left of the bake, on to the last step, where the verdict is a pass', () => {
    const decision = decide(stateAt(0, { request: requestTo('promote') }), analysisAt(1_000, 'pass'));
    expect(decision).toEqual({ action: 'advance', stepIndex: 2, why: 'ada asked to promote: on to the last step.' });
  });

  it.each(['inconclusive', 'unavailable'] as const)('to promote waits for a pass where the verdict is %s', (kind) => {
    expect(decide(stateAt(0, { request: requestTo('promote') }), analysisAt(1_000, kind)).action).toBe('hold');
  });

  it('to promote does not skip the bake of the last step (J6)', () => {
    expect(decide(stateAt(2, { request: requestTo('promote') }), analysisAt(1_000, 'pass')).action).toBe('hold');
    expect(decide(stateAt(2, { watch: baked, request: requestTo('promote') }), analysisAt(hour, 'pass')).action).toBe('promote');
  });
});

describe('T6: an outside edit', () => {
  const under = (outsideEdit: 'restore' | 'halt' | 'abort', restores = 0) => stateAt(0, { spec: { policies: { outsideEdit } }, restores });
  const seen = drifted(analysisAt(minute, 'pass'));

  it('aborts as drift', () => {
    expect(decide(under('abort'), seen)).toEqual({ action: 'abort', reason: 'drift', why: drift });
  });

  it('halts until the deadline of the rollout', () => {
    expect(decide(under('halt'), seen)).toMatchObject({ action: 'pause', why: drift, tick: { watchSeconds: 840 } });
    expect(decide(under('halt'), drifted(analysisAt(2 * hour - 1, 'pass')))).toMatchObject({ tick: { watchSeconds: 1 } });
  });

  it('is put right, but never in an endless fight', () => {
    expect(decide(under('restore', restoreLimit - 1), seen)).toEqual({ action: 'restore', why: drift });
    const givenUp = decide(under('restore', restoreLimit), seen);
    expect(givenUp).toMatchObject({ action: 'abort', reason: 'drift' });
    expect(givenUp.why).toBe(`${drift} It was put right 3 times already.`);
  });
});

describe('a failed verdict', () => {
  it.each([
    ['checkout-errors', 'alarm'],
    ['CheckoutSlow', 'alarm'],
    ['error rate', 'analysis'],
    ['canary', 'analysis'],
  ])('of %s aborts with the reason %s', (name, reason) => {
    const decision = decide(stateAt(0), analysisAt(minute, verdictOf('fail', name)));
    expect(decision).toEqual({ action: 'abort', reason, why: `${name} says fail.` });
  });
});

describe('the order in which the rules count', () => {
  // Each line holds all that stands below it; what a line adds decides.
  const lowest = { watch: { ...baked, inconclusiveSinceMs: startMs, unavailableSinceMs: startMs } };
  const paused = { ...lowest, request: requestTo('pause') };
  const late = 3 * hour;
  const rules: readonly [string, ReturnType<typeof decide>['action'], string | undefined, Parameters<typeof decide>][] = [
    ['a failed verdict', 'abort', 'analysis', [stateAt(0, paused), drifted(analysisAt(late, 'fail'))]],
    ['the deadline of the rollout', 'abort', 'timeout', [stateAt(0, paused), drifted(analysisAt(late, 'unavailable'))]],
    ['an outside edit', 'abort', 'drift', [stateAt(0, paused), drifted(analysisAt(hour, 'unavailable'))]],
    ["a person's pause", 'pause', undefined, [stateAt(0, paused), analysisAt(hour, 'unavailable')]],
    ['a source that is down', 'abort', 'error', [stateAt(0, lowest), analysisAt(hour, 'unavailable')]],
    ['too little evidence', 'abort', 'inconclusive', [stateAt(0, lowest), analysisAt(hour, 'inconclusive')]],
    ['the bake', 'hold', undefined, [stateAt(1, { request: requestTo('resume') }), analysisAt(hour, 'pass')]],
    ["the step's pause", 'pause', undefined, [stateAt(1, { watch: baked }), analysisAt(hour, 'pass')]],
    ['the next step', 'advance', undefined, [stateAt(0, lowest), analysisAt(hour, 'pass')]],
  ];
  it.each(rules)('%s: %s %s', (_rule, action, reason, [state, analysis]) => {
    const decision = decide(state, analysis);
    expect(decision.action).toBe(action);
    expect('reason' in decision ? decision.reason : undefined).toBe(reason);
  });

  it.each([
    [2 * hour - 1, 'hold'],
    [2 * hour, 'abort'],
  ])('the deadline of the rollout, two hours, at %i ms: %s', (afterMs, action) => {
    expect(decide(stateAt(0), analysisAt(afterMs, 'pass')).action).toBe(action);
  });
});
