import type { planRollout } from '../../../core/plan/plan.ts';

type PlanInput = Parameters<typeof planRollout>[0];

interface Options {
  readonly steps?: PlanInput['steps'];
  readonly totalWeight?: number;
  readonly intervalSeconds?: number;
  readonly rolloutSeconds?: number;
}

/** The parts of a spec that a plan is made of. */
export function planInput(options: Options): PlanInput {
  return {
    steps: options.steps ?? [{ weight: 100, bakeSeconds: 3_600 }],
    pace: { kind: 'fixed' },
    router: { kind: 'istio', routes: [{ virtualService: 'checkout' }], totalWeight: options.totalWeight ?? 100, match: [] },
    analysis: { intervalSeconds: options.intervalSeconds ?? 10, metrics: [], falseAlarmLevel: 0.01, alarms: ['errors'], alerts: [] },
    deadlines: { readySeconds: 600, queueSeconds: 3_600, rolloutSeconds: options.rolloutSeconds ?? 86_400, drainSeconds: 10 },
  };
}
