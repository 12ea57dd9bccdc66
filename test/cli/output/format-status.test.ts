import { describe, expect, it } from 'vitest';
import type { RolloutSummary } from '../../../cli/connection/connection.ts';
import { formatStatus } from '../../../cli/output/format-status.ts';
import type { Verdict } from '../../../core/analysis/verdict.ts';

const plain = (_: string, text: string) => text;
const verdicts: Verdict[] = [
  { name: 'canary', verdict: 'pass', reason: 'The canary has 2 ready.' },
  { name: 'successRate', verdict: 'pass', reason: 'successRate: 0 % of the canary’s 90 requests failed.' },
  { name: 'latency', verdict: 'fail', reason: 'latency: 9 % took longer than 250 ms.', dryRun: true },
];
const present = (rollout: string): RolloutSummary => ({
  rolloutId: `${rollout}-000001`,
  phase: 'progressing',
  image: { digest: 'sha256:new', tag: 'v2' },
  step: 1,
  steps: 3,
  weight: 10,
  totalWeight: 100,
  startedAtMs: 0,
  stepSinceMs: 0,
  bakedSeconds: 10,
  bakeSeconds: 60,
  verdict: { atMs: 10_000, overall: { name: 'analysis', verdict: 'pass', reason: 'All 2 pass: canary, successRate.' }, verdicts },
  actor: { kind: 'push', id: 'event-1' },
  executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:rollout:first',
});
const services = (...names: readonly string[]) =>
  names.map((rollout) => ({ rollout, specVersion: 1, present: present(rollout), past: [], quarantine: [] }));

describe('the status of a rollout that is under way', () => {
  it('tells what each metric said, and which is only tried out', () => {
    expect(formatStatus({ atMs: 20_000, services: services('checkout') }, plain)).toContain(`
checkout-000001: pass, All 2 pass: canary, successRate.
  pass: The canary has 2 ready.
  pass: successRate: 0 % of the canary’s 90 requests failed.
  fail (dry run): latency: 9 % took longer than 250 ms.`);
  });

  it('tells the whole alone where there are several', () => {
    const text = formatStatus({ atMs: 20_000, services: services('checkout', 'search') }, plain);
    expect(text).toContain('search-000001: pass');
    expect(text).not.toContain('dry run');
  });
});
