import { describe, expect, it } from 'vitest';
import { newWatch } from '../../../core/rollout/observe.ts';
import { watch } from '../../../core/rollout/record.ts';
import type { ShareWatch } from '../../../core/rollout/share-record.ts';
import { beginShare, followShare, type ShareLook, shareSays } from '../../../core/rollout/share-watch.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { spec, startMs } from './rollout-for-tests.ts';

const split = splitAt(10, 100);
const step = { index: 0, weight: 10, bakeSeconds: 60 };
const times = { intervalMs: 10_000, bakeMs: 60_000, noDataHoldMs: 300_000 };

const begun: ShareWatch = { setAtMs: startMs, state: 'measuring', why: 'No requests were counted yet.' };
const begins = (afterMs: number): ShareLook => ({ status: 'begins', atMs: startMs + afterMs, view: 'source' });
const counted = (afterMs: number, stable: number, canary: number): ShareLook => ({
  status: 'counted',
  atMs: startMs + afterMs,
  counts: { stable, canary },
});

function follow(...looks: readonly ShareLook[]): ShareWatch {
  return looks.reduce((share, look) => followShare(share, look, split), begun);
}

function says(share: ShareWatch | undefined, afterMs: number) {
  return shareSays(share, { ...times, nowMs: startMs + afterMs });
}

describe('whether the share of a step is measured', () => {
  const router = { kind: 'istio' as const, routes: [{ virtualService: 'checkout' }] };

  it('begins when the weight was verified', () => {
    expect(beginShare(spec(), step, startMs)).toEqual(begun);
  });

  it('is not asked where there is no Prometheus', () => {
    const source: Partial<RolloutSpecSource> = { analysis: { alarms: ['checkout-errors'] } };
    expect(beginShare(spec(source), step, startMs)).toBeUndefined();
  });

  it('is not asked where the spec switches it off', () => {
    const usual = spec();
    expect(beginShare({ ...usual, analysis: { ...usual.analysis, telemetry: 'off' } }, step, startMs)).toBeUndefined();
  });

  it.each<[string, Partial<RolloutSpecSource>, typeof step & { mirrorWeight?: number }, string]>([
    [
      'matched requests',
      { router: { ...router, match: [{ header: { name: 'x-canary', exact: '1' } }] } },
      step,
      'requests that match its rules',
    ],
    ['affinity', { router: { ...router, affinity: { cookie: 'side' } } }, step, 'users who stay where they were'],
    ['copies', {}, { ...step, weight: 0, mirrorWeight: 20 }, 'copies of requests'],
  ])('is not for %s, and says so', (_, source, at, besides) => {
    const share = beginShare(spec(source), at, startMs);
    expect(share?.state).toBe('unmeasured');
    expect(says(share, 0)).toEqual({ gate: 'open', why: `The canary's share is not compared with its weight: it also gets ${besides}.` });
  });
});

describe('what is known of the share', () => {
  it('adds up from look to look, from where the count began', () => {
    const share = follow(begins(3_000), counted(13_000, 90, 10), counted(23_000, 45, 5));
    expect(share).toMatchObject({ state: 'measuring', view: 'source', countedUntilMs: startMs + 23_000, stable: 135, canary: 15 });
    expect(share.why).toBe('At weight 10 of 100, the canary got 15 of 150 requests, 10 %.');
  });

  it('agrees when enough requests do, and is not measured any more', () => {
    const share = follow(begins(3_000), counted(13_000, 450, 50));
    expect(share.state).toBe('agrees');
    expect(followShare(share, counted(23_000, 5_000, 0), split)).toBe(share);
    expect(says(share, 13_000)).toEqual({ gate: 'open', why: '' });
  });

  it('stays as it was where a look brings nothing, and tells why', () => {
    const share = follow(begins(3_000), counted(13_000, 90, 10), { status: 'nothing', why: 'Prometheus did not answer.' });
    expect(share).toMatchObject({ stable: 90, canary: 10, countedUntilMs: startMs + 13_000, why: 'Prometheus did not answer.' });
  });

  it('is counted anew once it differs: what comes later must differ by itself', () => {
    const share = follow(begins(3_000), counted(13_000, 300, 0));
    expect(share).toMatchObject({ state: 'differs', stable: 0, canary: 0, differsSinceMs: startMs + 13_000 });
    expect(share.why).toBe('At weight 10 of 100, the canary got 0 of 300 requests, 0 %.');
  });

  it('agrees after all, where only the mesh was late', () => {
    const share = follow(begins(3_000), counted(13_000, 300, 0), counted(23_000, 450, 50));
    expect(share.state).toBe('agrees');
    expect(says(share, 100_000)).toEqual({ gate: 'open', why: '' });
  });

  it('is kept with the watch of the step, and a watch from before it was measured is read all the same', () => {
    const share = follow(begins(3_000), counted(13_000, 300, 0), counted(14_000, 300, 0));
    const kept = { ...newWatch(0, startMs), share };
    expect(watch.parse(kept)).toEqual(kept);
    expect(watch.parse(newWatch(0, startMs)).share).toBeUndefined();
  });
});

describe('the end of the step', () => {
  it('waits for ten intervals until the share is known, and for none after', () => {
    const share = follow(begins(3_000), counted(13_000, 9, 1));
    expect(says(share, 99_999)).toMatchObject({ gate: 'shut', untilMs: startMs + 100_000 });
    expect(says(share, 100_000)).toEqual({
      gate: 'open',
      why: 'Whether the canary got its share is not known. At weight 10 of 100, the canary got 1 of 10 requests, 10 %.',
    });
  });

  it('does not wait where the bake is of a few intervals only', () => {
    const share = follow(begins(3_000), counted(13_000, 9, 1));
    expect(shareSays(share, { ...times, bakeMs: 59_999, nowMs: startMs + 20_000 })).toMatchObject({
      gate: 'open',
      why: expect.stringMatching(/^Whether the canary got its share is not known\./),
    });
  });

  it('says which series are missing where there are none', () => {
    const share = follow({ status: 'nothing', why: 'Prometheus has no count of requests to either side.' });
    expect(says(share, 100_000)).toEqual({
      gate: 'open',
      why: 'Whether the canary got its share is not known. Prometheus has no count of requests to either side.',
    });
  });

  it('waits while the share differs, and says both numbers', () => {
    expect(says(follow(begins(3_000), counted(13_000, 300, 0)), 13_000)).toEqual({
      gate: 'shut',
      untilMs: startMs + 313_000,
      why: 'Sample-ratio mismatch. At weight 10 of 100, the canary got 0 of 300 requests, 0 %. Held for at most 5m.',
    });
  });

  it('does not come where the share differs for three intervals, by other requests too: the rollout gives way', () => {
    const share = follow(begins(3_000), counted(13_000, 300, 0), counted(23_000, 0, 400));
    expect(says(share, 42_999).gate).toBe('shut');
    const last = says(share, 43_000);
    expect(last.gate).toBe('giveWay');
    expect(last.why).toMatch(
      /^Sample-ratio mismatch\. At weight 10 of 100, the canary got 400 of 400 requests, 100 %\. Something else decides where traffic goes:/,
    );
  });

  it('comes after the hold for want of data where no requests confirmed what differed', () => {
    const share = follow(begins(3_000), counted(13_000, 300, 0), counted(23_000, 9, 1));
    expect(says(share, 312_999).gate).toBe('shut');
    expect(says(share, 313_000)).toMatchObject({ gate: 'open', why: expect.stringContaining('Too few requests followed') });
  });

  it('is free where nothing is measured', () => {
    expect(says(undefined, 0)).toEqual({ gate: 'open', why: '' });
  });
});
