import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/rollout/decide.ts';
import type { ShareWatch } from '../../../core/rollout/share-record.ts';
import { analysisAt, requestTo, startMs, stateAt } from './rollout-for-tests.ts';

const minute = 60_000;
const baked = { bakedMs: 10 * minute };
const measuring: ShareWatch = { setAtMs: startMs, state: 'measuring', why: 'No requests were counted yet.' };
const differs: ShareWatch = {
  setAtMs: startMs,
  state: 'differs',
  why: 'At weight 10 of 100, the canary got 0 of 300 requests, 0 %.',
  differsSinceMs: startMs + 10_000,
};
const confirmed: ShareWatch = { ...differs, differsAgainAtMs: startMs + 20_000 };

const at = (stepIndex: number, share: ShareWatch, change: Parameters<typeof stateAt>[1] = {}) =>
  stateAt(stepIndex, { ...change, watch: { ...baked, share } });

describe('a step that has baked', () => {
  it.each([
    [0, 'advance'],
    [2, 'promote'],
  ])('as step %i holds while its share is not known, and then goes on: %s', (stepIndex, action) => {
    const held = decide(at(stepIndex, measuring), analysisAt(30_000, 'pass'));
    expect(held).toEqual({
      action: 'hold',
      tick: { waitSeconds: 0, watchSeconds: 70 },
      why: 'Whether the canary gets its share is being measured. No requests were counted yet.',
    });
    const gone = decide(at(stepIndex, measuring), analysisAt(100_000, 'pass'));
    expect(gone.action).toBe(action);
    expect(gone.why).toBe('error rate says pass. Whether the canary got its share is not known. No requests were counted yet.');
  });

  it('goes on at once where the share agrees', () => {
    const decision = decide(at(0, { ...measuring, state: 'agrees' }), analysisAt(10_000, 'pass'));
    expect(decision).toEqual({ action: 'advance', stepIndex: 1, why: 'error rate says pass.' });
  });

  it('is held where the share differs', () => {
    expect(decide(at(0, differs), analysisAt(40_000, 'pass'))).toMatchObject({ action: 'hold', why: expect.stringContaining('0 of 300') });
  });

  it("is held where a person wants it promoted: nobody's word makes a wrong share a right one", () => {
    const decision = decide(at(0, differs, { request: requestTo('promote') }), analysisAt(40_000, 'pass'));
    expect(decision.action).toBe('hold');
  });

  it('is not held where the spec says to advance without data, beyond the wait for the share', () => {
    const source = { policies: { noData: { hold: '10s', onDeadline: 'advance' } } } as const;
    const state = stateAt(0, { spec: source, watch: { ...baked, share: measuring, inconclusiveSinceMs: startMs } });
    expect(decide(state, analysisAt(20_000, 'inconclusive')).action).toBe('hold');
    expect(decide(state, analysisAt(100_000, 'inconclusive')).action).toBe('advance');
  });
});

describe('a share that stays a wrong one', () => {
  it('ends the rollout, also before the step has baked', () => {
    const state = stateAt(0, { watch: { bakedMs: 0, share: confirmed } });
    expect(decide(state, analysisAt(40_000, 'pass'))).toEqual({
      action: 'abort',
      reason: 'error',
      why: expect.stringMatching(
        /^Sample-ratio mismatch\. At weight 10 of 100, the canary got 0 of 300 requests, 0 %\. Something else decides/,
      ),
    });
  });

  it('is no want of evidence: it ends the rollout also while the metrics have none', () => {
    expect(decide(at(0, confirmed), analysisAt(40_000, 'inconclusive'))).toMatchObject({ action: 'abort', reason: 'error' });
  });

  it.each([
    ['a failed verdict', 'fail', undefined, { reason: 'analysis' }],
    ["somebody's edit of the weights", 'pass', 'VirtualService checkout says 70/30, not 90/10.', { reason: 'drift' }],
  ] as const)('is less of a reason than %s', (_, verdict, drift, expected) => {
    expect(decide(at(0, confirmed), analysisAt(40_000, verdict, drift))).toMatchObject({ action: 'abort', ...expected });
  });
});
