import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/rollout/decide.ts';
import type { Watch } from '../../../core/rollout/record.ts';
import { throttledHolds } from '../../../core/rollout/silences.ts';
import { analysisAt, requestTo, startMs, stateAt, verdictOf } from './rollout-for-tests.ts';

const minute = 60_000;
const hour = 60 * minute;
const baked = { bakedMs: hour };

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

describe('J2, W1: a source that throttles', () => {
  const throttled = { ...verdictOf('unavailable'), throttled: true };
  const at = (watch: Partial<Watch>) => stateAt(0, { spec: { policies: { sourceDown: { hold: '5m' } } }, watch: { ...baked, ...watch } });

  it.each([
    [5 * minute, 'hold'],
    [throttledHolds * 5 * minute - 1, 'hold'],
    [throttledHolds * 5 * minute, 'abort'],
  ])('is waited for longer than one that is down, and not for ever: after %i ms %s', (afterMs, action) => {
    expect(decide(at({ throttledSinceMs: startMs }), analysisAt(afterMs, throttled)).action).toBe(action);
  });

  it('is never a pass, says so, and ends as the policy says', () => {
    const since = { throttledSinceMs: startMs };
    expect(decide(at(since), analysisAt(minute, throttled)).why).toBe('error rate says unavailable. Held for at most 20m.');
    expect(decide(at(since), analysisAt(hour, throttled))).toEqual({
      ...{ action: 'abort', reason: 'error', why: 'error rate says unavailable. It has been throttled for 20m.' },
    });
  });

  it('lets no blip of a source that is down end the rollout', () => {
    const since = { throttledSinceMs: startMs };
    expect(decide(at(since), analysisAt(10 * minute, 'unavailable')).action).toBe('hold');
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
