import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type VerdictKind, verdictKind } from '../../../core/analysis/verdict.ts';
import { paceOf } from '../../../core/plan/history.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import { type Decision, decide } from '../../../core/rollout/decide.ts';
import { newWatch, observe } from '../../../core/rollout/observe.ts';
import { type RolloutSpecSource, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { analysisAt, specSource, startMs } from './rollout-for-tests.ts';

interface Look {
  readonly afterMs: number;
  readonly kind: VerdictKind;
}

/** Mostly passes, so that many walks come far. */
const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constant<VerdictKind>('pass') },
  { weight: 1, arbitrary: fc.constantFrom(...verdictKind.options) },
);
const looks = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 120_000 }), kind }), { minLength: 1, maxLength: 80 });

const steps: RolloutSpecSource['steps'] = [
  { weight: 10, bake: '1m' },
  { weight: 50, bake: '2m' },
  { weight: 100, bake: '5m' },
];
const onDeadline = fc.constantFrom('abort' as const, 'advance' as const, 'pause' as const);
const policies = fc.record({ noData: fc.record({ onDeadline }), sourceDown: fc.record({ onDeadline }) });
const careful = fc.constant<NonNullable<RolloutSpecSource['policies']>>({});

interface Taken {
  readonly decision: Decision;
  readonly kind: VerdictKind;
  readonly stepIndex: number;
  readonly bakedMs: number;
  readonly elapsedMs: number;
}

/** Walks a rollout through its looks as the state machine does, until it is promoted or aborted. */
function walk(list: readonly Look[], change: Partial<RolloutSpecSource>): Taken[] {
  const spec = rolloutSpec.parse(specSource({ steps, ...change }));
  const plan = planRollout(spec);
  const pace = paceOf(plan, spec.policies, false);
  const taken: Taken[] = [];
  let nowMs = 0;
  let watch = newWatch(0, startMs);
  for (const { afterMs, kind } of list) {
    nowMs += afterMs;
    const analysis = analysisAt(nowMs, kind);
    const bakeMs = (plan.steps[watch.stepIndex]?.bakeSeconds ?? 0) * 1000;
    watch = observe(watch, analysis, { intervalMs: spec.analysis.intervalSeconds * 1000, bakeMs });
    const decision = decide({ spec, plan, pace, watch, startedAtMs: startMs, restores: 0, request: undefined }, analysis);
    const { stepIndex, bakedMs } = watch;
    taken.push({ decision, kind, stepIndex, bakedMs, elapsedMs: analysis.atMs - watch.startedAtMs });
    if (decision.action === 'advance') watch = newWatch(decision.stepIndex, analysis.atMs);
    if (decision.action === 'promote' || decision.action === 'abort') break;
    if (decision.action === 'pause') watch = { ...watch, pausedSinceMs: watch.pausedSinceMs ?? analysis.atMs };
  }
  return taken;
}

/** Runs the walk for many sequences of verdicts, and checks each thing that was done. */
function always(policy: fc.Arbitrary<NonNullable<RolloutSpecSource['policies']>>, check: (taken: Taken) => void): void {
  fc.assert(
    fc.property(looks, policy, (list, chosen) => walk(list, { policies: chosen }).forEach(check)),
    { numRuns: 300 },
  );
}

describe('whatever the verdicts are', () => {
  it('some rollouts are promoted, some aborted, and some still under way', () => {
    const ends = fc.sample(looks, { numRuns: 300, seed: 1 }).map((list) => walk(list, {}).at(-1)?.decision.action);
    expect(new Set(ends)).toEqual(new Set(['promote', 'abort', 'hold', 'advance']));
  });

  it('no step bakes longer than it has lasted', () => {
    always(policies, ({ bakedMs, elapsedMs }) => expect(bakedMs).toBeLessThanOrEqual(elapsedMs));
  });

  it('a fail always aborts', () => {
    always(policies, ({ decision, kind }) => {
      if (kind === 'fail') expect(decision).toMatchObject({ action: 'abort', reason: 'analysis' });
    });
  });

  it('J3: nothing advances or is promoted without a pass, unless a policy says so', () => {
    always(careful, ({ decision, kind }) => {
      if (decision.action === 'advance' || decision.action === 'promote') expect(kind).toBe('pass');
    });
  });

  it('where a policy says to advance without a pass, that is said', () => {
    always(policies, ({ decision, kind }) => {
      if (kind !== 'pass' && decision.action === 'advance') expect(decision.why).toContain('The spec says to advance.');
    });
  });

  it('steps are taken one by one, and none is left before it has baked on passes', () => {
    const bakesMs = [60_000, 120_000, 300_000];
    always(careful, ({ decision, stepIndex, bakedMs }) => {
      if (decision.action === 'advance') expect(decision.stepIndex).toBe(stepIndex + 1);
      if (decision.action === 'promote') expect(stepIndex).toBe(2);
      if (decision.action === 'advance' || decision.action === 'promote') expect(bakedMs).toBeGreaterThanOrEqual(bakesMs[stepIndex] ?? 0);
    });
  });

  it('W1: every hold and pause looks again within a whole number of seconds, at least one', () => {
    always(policies, ({ decision }) => {
      if (!('tick' in decision)) return;
      const seconds = decision.tick.waitSeconds + decision.tick.watchSeconds;
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeGreaterThanOrEqual(1);
    });
  });

  it('W1: after its deadline no rollout goes on', () => {
    fc.assert(
      fc.property(fc.constantFrom(...verdictKind.options), fc.nat({ max: 3_600_000 }), (kind, moreMs) => {
        const [last] = walk([{ afterMs: 2 * 3_600_000 + moreMs, kind }], {});
        expect(last?.decision.action).toBe('abort');
      }),
    );
  });
});
