import { describe, expect, it } from 'vitest';
import { judgeCanary } from '../../../core/analysis/judge-canary.ts';

describe("the canary's pods", () => {
  it.each([
    [2, undefined, 'pass', 'The canary has 2 ready.'],
    [2, 'OOMKilled', 'inconclusive', 'A pod of the canary does not stay up: OOMKilled.'],
    [0, undefined, 'fail', 'The canary has no ready endpoint.'],
    [0, 'CrashLoopBackOff', 'fail', 'The canary has no ready endpoint (CrashLoopBackOff).'],
  ])('T1: %i ready, crashing: %s: %s', (readyEndpoints, crashing, verdict, reason) => {
    expect(judgeCanary({ readyEndpoints, crashing })).toEqual({ name: 'canary', verdict, reason });
  });

  it.each([
    [undefined, 3, 'pass', 'The canary has 2 ready.'],
    [3, 3, 'pass', 'The canary has 2 ready.'],
    [3, 4, 'inconclusive', 'A pod of the canary does not stay up: it was restarted once since the last look.'],
    [3, 6, 'inconclusive', 'A pod of the canary does not stay up: it was restarted 3 times since the last look.'],
    // A pod that had been restarted was replaced.
    [3, 0, 'pass', 'The canary has 2 ready.'],
    [3, undefined, 'pass', 'The canary has 2 ready.'],
  ])('that are up again: restarts from %s to %s: %s', (before, restarts, verdict, reason) => {
    expect(judgeCanary({ readyEndpoints: 2, crashing: undefined, restarts }, before)).toEqual({ name: 'canary', verdict, reason });
  });
});
