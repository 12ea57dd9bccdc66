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
});
