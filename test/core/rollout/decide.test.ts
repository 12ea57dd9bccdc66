import { describe, expect, it } from 'vitest';
import type { Cost } from '../../../core/analysis/proportion/comparison.ts';
import type { Verdict } from '../../../core/analysis/verdict.ts';
import { decide, restoreLimit } from '../../../core/rollout/decide.ts';
import type { AnalysisResult, Watch } from '../../../core/rollout/record.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { analysisAt, requestTo, specSource, startMs, stateAt, verdictOf } from './rollout-for-tests.ts';

const minute = 60_000;
const hour = 60 * minute;
const { analysis: analysisSource } = specSource();
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

describe.each([
  { kind: 'inconclusive', policy: 'noData', since: 'inconclusiveSinceMs', reason: 'inconclusive' },
  { kind: 'unavailable', policy: 'sourceDown', since: 'unavailableSinceMs', reason: 'error' },
] as const)('J1, J2: a verdict that is $kind', ({ kind, policy, since, reason }) => {
  const at = (stepIndex: number, onDeadline: 'abort' | 'advance' | 'pause', sinceMs: number | undefined = minute) =>
    stateAt(stepIndex, {
      spec: { policies: { [policy]: { hold: '5m', onDeadline } } },
      watch: { ...baked, ...(sinceMs === undefined ? {} : { [since]: startMs + sinceMs }) },
    });

  it('holds at first, its clock beginning now, whatever has been baked', () => {
    const fresh = stateAt(0, { spec: { policies: { [policy]: { hold: '3m' } } }, watch: baked });
    const decision = decide(fresh, analysisAt(minute, kind));
    expect(decision).toMatchObject({ action: 'hold', tick: { watchSeconds: 180 } });
    expect(decision.why).toBe(`error rate says ${kind}. Held for at most 3m.`);
  });

  it.each([
    [5 * minute - 1, 'hold'],
    [5 * minute, 'abort'],
  ])('W1: after %i ms of a hold of 5m: %s', (afterMs, action) => {
    expect(decide(at(0, 'abort'), analysisAt(minute + afterMs, kind)).action).toBe(action);
  });

  it(`aborts in the end with the reason ${reason}`, () => {
    expect(decide(at(0, 'abort'), analysisAt(hour, kind))).toEqual({
      action: 'abort',
      reason,
      why: `error rate says ${kind}. It has been ${kind} for 5m.`,
    });
  });

  it('pauses in the end where the spec says so, until the deadline of the rollout', () => {
    expect(decide(at(0, 'pause'), analysisAt(hour, kind))).toMatchObject({ action: 'pause', tick: { watchSeconds: 840 } });
    expect(decide(at(0, 'pause'), analysisAt(2 * hour, kind))).toMatchObject({ action: 'abort', reason: 'timeout' });
  });

  it('that was paused for it is held once more from when a person resumes, and then paused again', () => {
    const paused = at(0, 'pause');
    const resumedAt = (pausedMinute: number, resumedMinute: number) => ({
      ...paused,
      watch: { ...paused.watch, pausedSinceMs: startMs + pausedMinute * minute },
      request: { ...requestTo('resume'), atMs: startMs + resumedMinute * minute },
    });
    expect(decide(resumedAt(6, 20), analysisAt(24 * minute, kind))).toMatchObject({ action: 'hold', tick: { watchSeconds: 60 } });
    expect(decide(resumedAt(6, 20), analysisAt(25 * minute, kind)).action).toBe('pause');
    expect(decide(resumedAt(26, 20), analysisAt(27 * minute, kind)).action).toBe('pause');
  });

  it('advances in the end where the spec says so, and says that it does', () => {
    const decision = decide(at(0, 'advance'), analysisAt(hour, kind));
    expect(decision).toMatchObject({ action: 'advance', stepIndex: 1 });
    expect(decision.why).toContain('The spec says to advance.');
  });
});

describe('W1: pods that keep crashing, and pass in between', () => {
  const crashing = (onDeadline: 'abort' | 'pause' | 'advance', change: { readonly watch?: Partial<Watch> } = {}) =>
    stateAt(0, {
      spec: { policies: { noData: { hold: '5m', onDeadline } } },
      watch: { bakedMs: 20_000, crashedSinceMs: startMs + minute, ...change.watch },
    });

  it.each([
    ['pass', 7 * minute - 1, 'hold'],
    ['pass', 7 * minute, 'abort'],
    ['inconclusive', 7 * minute, 'abort'],
    ['unavailable', 7 * minute, 'abort'],
  ] as const)('have their hold and a bake from the first crash on: %s after %i ms: %s', (kind, afterMs, action) => {
    expect(decide(crashing('abort'), analysisAt(afterMs, kind)).action).toBe(action);
  });

  it('are then too little evidence, and it is said why', () => {
    expect(decide(crashing('abort'), analysisAt(hour, 'pass'))).toEqual({
      action: 'abort',
      reason: 'inconclusive',
      why: 'error rate says pass. Pods of the canary have crashed, and have not stayed up for a bake of 1m since.',
    });
    expect(decide(crashing('pause'), analysisAt(hour, 'pass')).action).toBe('pause');
    expect(decide(crashing('advance'), analysisAt(hour, 'pass')).action).toBe('advance');
  });

  it('go on where a person resumes', () => {
    const watch = { pausedSinceMs: startMs + 8 * minute };
    const resumed = { ...crashing('pause', { watch }), request: { ...requestTo('resume'), atMs: startMs + 9 * minute } };
    expect(decide(resumed, analysisAt(9 * minute, 'pass')).action).toBe('hold');
  });
});

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

  it('decides beside others that are silent, where its hold ends first', () => {
    expect(decide(silentSince(minute), silent('error rate', 'sales')).action).toBe('advance');
  });

  it('decides nothing where it is only tried out', () => {
    const analysis = silent('error rate', 'sales');
    const tried = { ...analysis, verdicts: analysis.verdicts.map((each) => (each.name === 'sales' ? { ...each, dryRun: true } : each)) };
    expect(decide(silentSince(minute), tried).action).toBe('hold');
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
