import type { Verdict, VerdictKind } from '../../../core/analysis/verdict.ts';
import { paceOf } from '../../../core/plan/history.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import type { DecisionState } from '../../../core/rollout/decide.ts';
import { newWatch } from '../../../core/rollout/observe.ts';
import type { AnalysisResult, OperatorRequest, RolloutRecord, Watch } from '../../../core/rollout/record.ts';
import type { MetricRole } from '../../../core/spec/metric-role.ts';
import { type RolloutSpec, type RolloutSpecSource, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { wholeSplit } from '../../../core/traffic/split.ts';

/** When every rollout of these tests began. */
export const startMs = Date.UTC(2026, 0, 5, 3, 0, 0);

/** The role of a metric that says nothing of it. */
export const usually: MetricRole = { critical: true, dryRun: false, startingStep: 1, initialDelaySeconds: 0 };

/** A spec as it stands in a file, with whatever a test changes of it. */
export function specSource(change: Partial<RolloutSpecSource> = {}): RolloutSpecSource {
  return {
    name: 'checkout',
    cluster: 'shop-production',
    namespace: 'shop',
    workload: { deployment: 'checkout', container: 'app' },
    image: { repository: 'registry.example.com/shop/checkout' },
    router: { kind: 'istio', routes: [{ virtualService: 'checkout' }] },
    steps: [
      { weight: 10, bake: '1m' },
      { weight: 50, bake: '2m', pause: { for: '10m' } },
      { weight: 100, bake: '5m' },
    ],
    analysis: {
      interval: '10s',
      prometheus: { url: 'http://prometheus.example.com' },
      metrics: [{ name: 'error rate', query: 'errors', max: 0.01 }],
      alarms: ['checkout-errors'],
      alerts: ['CheckoutSlow'],
    },
    deadlines: { rollout: '2h' },
    ...change,
  };
}

export function spec(change: Partial<RolloutSpecSource> = {}): RolloutSpec {
  return rolloutSpec.parse(specSource(change));
}

/** The state of a rollout that is at a step, an hour before its deadline at the earliest. */
export function stateAt(
  stepIndex: number,
  change: {
    readonly spec?: Partial<RolloutSpecSource>;
    readonly watch?: Partial<Watch>;
    readonly restores?: number;
    readonly request?: OperatorRequest;
    readonly isCrowded?: boolean;
  } = {},
): DecisionState {
  const parsed = spec(change.spec);
  const plan = planRollout(parsed);
  return {
    spec: parsed,
    plan,
    pace: paceOf(plan, parsed.policies, change.isCrowded ?? false),
    watch: { ...newWatch(stepIndex, startMs), ...change.watch },
    startedAtMs: startMs,
    restores: change.restores ?? 0,
    request: change.request,
  };
}

export function verdictOf(kind: VerdictKind, name = 'error rate'): Verdict {
  return { name, verdict: kind, reason: `${name} says ${kind}.` };
}

/** What an analysis came to, so long after the rollout began. */
export function analysisAt(afterMs: number, overall: VerdictKind | Verdict, drift?: string): AnalysisResult {
  const verdict = typeof overall === 'string' ? verdictOf(overall) : overall;
  return { atMs: startMs + afterMs, overall: verdict, verdicts: [verdict], ...(drift === undefined ? {} : { drift }) };
}

export function requestTo(action: OperatorRequest['action'], why = 'a look at the dashboards'): OperatorRequest {
  return { action, by: 'ada', why, atMs: startMs };
}

export function recordOf(change: Partial<RolloutRecord> = {}): RolloutRecord {
  return {
    rolloutId: 'checkout-000001',
    rollout: 'checkout',
    fence: 1,
    phase: 'progressing',
    spec: { ...specSource() },
    specVersion: 1,
    image: { repository: 'registry.example.com/shop/checkout', digest: 'sha256:new', tag: 'v2', pushedAtMs: startMs },
    executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:rollout:first',
    actor: { kind: 'push', id: 'event-1' },
    cluster: { name: 'shop-production', endpoint: 'https://cluster.example.com', certificateAuthority: '' },
    stableImage: 'registry.example.com/shop/checkout@sha256:old',
    stableReplicas: 3,
    startedAtMs: startMs,
    stepIndex: 0,
    split: wholeSplit('stable', 100),
    safeSide: 'stable',
    pins: [],
    tallies: {},
    ignoredAlarms: [],
    restores: 0,
    rollbackAttempt: 0,
    ...change,
  };
}
