import { describe, expect, it } from 'vitest';
import { decide, restoreLimit } from '../../../core/rollout/decide.ts';
import type { AnalysisResult } from '../../../core/rollout/record.ts';
import { startMs, stateAt } from './rollout-for-tests.ts';

const drift = 'Somebody else changed things.';
const minute = 60_000;

function analysis(verdict: 'pass' | 'fail', name: string): AnalysisResult {
  const overall = { name, verdict, reason: `${name} says ${verdict}.` };
  return { atMs: startMs + 5 * minute, overall, verdicts: [overall], drift };
}

function halted(resumedAtMinute: number, restores = 0) {
  return stateAt(0, {
    spec: { policies: { outsideEdit: 'halt' } },
    watch: { pausedSinceMs: startMs + 3 * minute },
    request: { action: 'resume', by: 'ada', why: 'that was me', atMs: startMs + resumedAtMinute * minute },
    restores,
  });
}

describe('a rollout that halts at an outside edit', () => {
  it('puts the edit right once a person has resumed it', () => {
    expect(decide(halted(4), analysis('pass', 'analysis'))).toEqual({ action: 'restore', why: drift });
  });

  it('takes a request that is older than the halt for no resumption', () => {
    expect(decide(halted(2), analysis('pass', 'analysis'))).toMatchObject({ action: 'pause', why: drift });
  });

  it('gives way after so many resumptions as edits may be put right', () => {
    expect(decide(halted(4, restoreLimit), analysis('pass', 'analysis'))).toMatchObject({ action: 'abort', reason: 'drift' });
  });
});

describe('a failed verdict during an outside edit', () => {
  it.each([
    ['canary', 'drift'],
    ['error rate', 'analysis'],
    ['checkout-errors', 'alarm'],
  ])('of %s is a rollback for %s', (name, reason) => {
    expect(decide(stateAt(0), analysis('fail', name))).toMatchObject({ action: 'abort', reason });
  });
});
